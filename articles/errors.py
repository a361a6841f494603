"""PURE: how a write of the newsroom is refused."""


class ArticleError(ValueError):
    """What was to be written cannot be so; the message is a sentence for its writer."""
