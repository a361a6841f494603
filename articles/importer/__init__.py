"""Reading saved pages into records, and writing records back as saved pages."""
