"""READ: who made an article, and how that is put into words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.directory import person_url
from accounts.statements import Statement
from articles.models import Byline

# How a byline begins for each role. In the order of ``Byline.Role``, which it is told in.
_BEGINS = {
    Byline.Role.TEXT: pgettext_lazy("byline", "by"),
    Byline.Role.REPORTING: gettext_lazy("additional reporting by"),
    Byline.Role.PHOTO: gettext_lazy("photographs by"),
    Byline.Role.ILLUSTRATION: gettext_lazy("illustrations by"),
    Byline.Role.VIDEO: gettext_lazy("video by"),
    Byline.Role.GRAPHICS: gettext_lazy("graphics and data by"),
    Byline.Role.TRANSLATION: gettext_lazy("translated by"),
    Byline.Role.EDITOR: gettext_lazy("edited by"),
}


@dataclass(frozen=True, slots=True)
class Credit:
    """One name of a byline: what they did, their name, and the address of their page."""

    role: str
    name: str
    url: str


def bylines_of(article_ids):
    """{article id: credits in the order of the byline}; one query."""
    found = {}
    for article_id, role, pk, handle, real_name, guest, slug in _LINES(articles=list(article_ids)):
        if slug is None:
            credit = Credit(role, real_name or handle, person_url(pk, handle))
        else:
            credit = Credit(role, guest, f"/authors/{slug}/")
        found.setdefault(article_id, []).append(credit)
    return found


def _lines(*, articles):
    lines = Byline.objects.filter(article_id__in=articles).order_by("position", "id")
    return lines.values_list(
        "article_id", "role", "person_id", "person__handle", "person__real_name",
        "guest__name", "guest__slug",
    )  # fmt: skip


_LINES = Statement(_lines)


def worded(makers):
    """The byline as ``(words before a name, the name, the address of their page)``, in order.

    "By A and B; photographs by C": grouped by role, and in a role as the byline has them.
    """
    pieces, last = [], pgettext("byline", "and")
    for role, begins in _BEGINS.items():
        group = [credit for credit in makers if credit.role == role]
        for at, credit in enumerate(group):
            if at:
                before = f" {last} " if at == len(group) - 1 else ", "
            else:
                before = f"; {begins} " if pieces else f"{begins.capitalize()} "
            pieces.append((before, credit.name, credit.url))
    return pieces


def first_role(makers):
    """``("By", "A and B")``: the part of the byline that a list has room for, or two empty ones."""
    for role, begins in _BEGINS.items():
        names = [credit.name for credit in makers if credit.role == role]
        if names:
            return begins.capitalize(), join_names(names)
    return "", ""


def join_names(names):
    """``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {
        "names": ", ".join(names[:-1]),
        "last": names[-1],
    }
