"""What each role may do: one table, asked by the admin, by views and by write functions."""

STAFF_ROLES = frozenset({"moderator", "senior", "writer", "editor", "admin"})

_MODERATION = frozenset(
    {
        "comments.view_comment",
        "comments.change_comment",
        "comments.moderate_comment",
        "comments.set_rules",
        "comments.view_discussion",
        "comments.change_discussion",
        "comments.view_moderationentry",
        "accounts.view_user",
        "accounts.suspend_user",
    }
)
# Whoever has been a moderator for long decides what was decided before.
_SENIOR = _MODERATION | {"comments.decide_appeal"}
_NEWSROOM = frozenset(
    {
        "articles.view_article",
        "articles.add_article",
        "articles.change_article",
        "articles.view_section",
        "articles.add_section",
        "articles.change_section",
        "articles.view_picture",
        "articles.add_picture",
        "articles.change_picture",
        "articles.delete_picture",
        "articles.view_byline",
        "articles.add_byline",
        "articles.change_byline",
        "articles.delete_byline",
        "articles.view_guest",
        "articles.add_guest",
        "articles.change_guest",
        "articles.view_tag",
        "articles.add_tag",
        "articles.change_tag",
        "accounts.view_user",
        "comments.view_comment",
        "comments.view_discussion",
        "comments.change_discussion",
        "comments.view_moderationentry",
    }
)
# A writer's rights in the admin; what they may do with each article its section says besides.
_WRITING = frozenset(
    {
        "articles.view_article",
        "articles.add_article",
        "articles.change_article",
        "articles.view_section",
        "articles.view_picture",
        "articles.add_picture",
        "articles.change_picture",
        "articles.view_byline",
        "articles.add_byline",
        "articles.change_byline",
        "articles.delete_byline",
    }
)

ROLE_RIGHTS = {
    "reader": frozenset(),
    "moderator": _MODERATION,
    "senior": _SENIOR,
    "writer": _WRITING,
    "editor": _NEWSROOM,
}


def role_allows(role, right):
    """Whether ``role`` has ``right`` ("app.verb_model"), or any right in an app ("app.").

    An administrator may do everything; an unknown role nothing.
    """
    if role == "admin":
        return True
    rights = ROLE_RIGHTS.get(role, frozenset())
    if right.endswith("."):
        return any(each.startswith(right) for each in rights)
    return right in rights
