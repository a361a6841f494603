"""What the portal promises of its speed, as ratios of two things measured in one run.

``python -m benchmarks`` prints one row a claim; ``python -m benchmarks.servers`` compares
application servers.
"""
