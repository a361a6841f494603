"""What the models and their fields are called in the admin, in the language of whoever reads."""

from django.utils.translation import gettext_lazy

_NAMES = {
    "act": gettext_lazy("act"),
    "area": gettext_lazy("area"),
    "at": gettext_lazy("at"),
    "beat": gettext_lazy("beat"),
    "beats": gettext_lazy("beats"),
    "by": gettext_lazy("by"),
    "canned reason": gettext_lazy("canned reason"),
    "canned reasons": gettext_lazy("canned reasons"),
    "closed reason": gettext_lazy("closed reason"),
    "comment": gettext_lazy("comment"),
    "comment count": gettext_lazy("comment count"),
    "comments": gettext_lazy("comments"),
    "discussion": gettext_lazy("discussion"),
    "discussions": gettext_lazy("discussions"),
    "host": gettext_lazy("host"),
    "is imported": gettext_lazy("is imported"),
    "last posted at": gettext_lazy("last posted at"),
    "person": gettext_lazy("person"),
    "policy": gettext_lazy("policy"),
    "position": gettext_lazy("position"),
    "posted at": gettext_lazy("posted at"),
    "reason": gettext_lazy("reason"),
    "state": gettext_lazy("state"),
    "text": gettext_lazy("text"),
    "title": gettext_lazy("title"),
    "verdict": gettext_lazy("verdict"),
    "watched host": gettext_lazy("watched host"),
    "watched hosts": gettext_lazy("watched hosts"),
    "watched word": gettext_lazy("watched word"),
    "watched words": gettext_lazy("watched words"),
}


def name_models(models):
    """Gives models and fields that Django named itself a name in every language.

    Not where they are defined: each name that is said there is a migration.
    """
    for model in models:
        options = model._meta
        for attribute in ("verbose_name", "verbose_name_plural"):
            if attribute not in options.original_attrs:
                name = str(getattr(options, attribute))
                setattr(options, attribute, _NAMES.get(name, name))
        for field in options.local_fields:
            if field._verbose_name is None:
                field.verbose_name = _NAMES.get(field.verbose_name, field.verbose_name)
