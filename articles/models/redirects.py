"""Addresses that lead on to others, and those that were asked for in vain."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles.models.news import Article, Section

# An article's longest address is half of it; what is longer was made by a machine.
MAX_PATH_LENGTH = 300
MAX_NOTE_LENGTH = 200


class Redirect(models.Model):
    """That whoever asks for ``path``, where there is no page, is sent to another page.

    To an article or a section, wherever it is by then, or else to the path ``target``.
    ``articles.redirects`` keeps it so that none leads to another one.
    """

    path = models.CharField(gettext_lazy("path"), max_length=MAX_PATH_LENGTH, unique=True)
    article = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("article"),
    )
    section = models.ForeignKey(
        Section,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("section"),
    )
    target = models.CharField(gettext_lazy("target"), max_length=MAX_PATH_LENGTH, blank=True)
    # A query and a fragment behind it, as they were written.
    rest = models.CharField(max_length=MAX_PATH_LENGTH, blank=True)
    is_by_hand = models.BooleanField(pgettext_lazy("redirect", "by hand"), default=False)
    # Nothing is deleted: what was taken back can be put back.
    is_lifted = models.BooleanField(pgettext_lazy("redirect", "taken back"), default=False)
    note = models.CharField(gettext_lazy("note"), max_length=MAX_NOTE_LENGTH, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=gettext_lazy("made by"),
    )
    made_at = models.DateTimeField(gettext_lazy("made at"))

    class Meta:
        verbose_name = gettext_lazy("redirect")
        verbose_name_plural = gettext_lazy("redirects")
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="redirect_leads_to_one_place",
                condition=(
                    Q(article__isnull=False, section__isnull=True, target="")
                    | Q(article__isnull=True, section__isnull=False, target="")
                    | (Q(article__isnull=True, section__isnull=True) & ~Q(target=""))
                ),
            ),
        )
        indexes = (
            # Reader: articles.redirects, which bends what leads to an address that moves.
            models.Index(fields=["target"], name="redirect_target"),
            # Reader: the list at the desk.
            models.Index(fields=["-made_at", "-id"], name="redirect_newest"),
        )

    def __str__(self):
        return self.path

    @property
    def leads_to(self):
        """The address; needs ``article`` and ``section`` read along."""
        page = self.article or self.section
        return (page.get_absolute_url() if page else self.target) + self.rest


class MissedPath(models.Model):
    """How often a path at which nothing is was asked for on one day, by whomever."""

    path = models.CharField(max_length=MAX_PATH_LENGTH)
    day = models.DateField()
    hits = models.PositiveIntegerField()
    # So many of them followed a link on a page of our own.
    from_here = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["path", "day"], name="missed_once_a_day"),)
        # Reader: articles.missed, which drops old days.
        indexes = (models.Index(fields=["day"], name="missed_day"),)

    def __str__(self):
        return f"{self.path} on {self.day}"


class DeskTurn(models.Model):
    """A row to lock for what is written by one person at a time, such as "redirects"."""

    name = models.CharField(max_length=20, primary_key=True)

    def __str__(self):
        return self.name
