"""The front page as editors arrange it, and the banner above every page."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles.models.news import Article, Section
from comments.languages import MAX_LANGUAGE_LENGTH, site_language

MAX_HEADING_LENGTH = 60
# Two lines on a phone.
MAX_BANNER_LENGTH = 140
# A row of the page that nobody has to scroll through; lists have pages of their own.
MOST_IN_ROW = 12


class FrontArrangement(models.Model):
    """One arrangement of the front page: a draft, the one that readers see, or a former one."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("front page", "Draft")
        LIVE = "live", pgettext_lazy("front page", "Live")
        FORMER = "former", pgettext_lazy("front page", "Former")

    name = models.CharField(
        gettext_lazy("name"),
        max_length=MAX_HEADING_LENGTH,
        help_text=gettext_lazy("For editors alone."),
    )
    state = models.CharField(
        gettext_lazy("state"),
        max_length=6,
        choices=State.choices,
        default=State.DRAFT,
        editable=False,
    )
    # Of which edition it is the front page.
    language = models.CharField(
        gettext_lazy("edition"), max_length=MAX_LANGUAGE_LENGTH, default=site_language
    )
    # Grows with every change: what goes live is what was previewed.
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT,
        related_name="+", verbose_name=gettext_lazy("made by"),
    )  # fmt: skip
    made_at = models.DateTimeField(gettext_lazy("made at"), editable=False)
    live_at = models.DateTimeField(gettext_lazy("live from"), null=True, editable=False)
    live_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT,
        related_name="+", verbose_name=gettext_lazy("put live by"),
    )  # fmt: skip
    ended_at = models.DateTimeField(gettext_lazy("live until"), null=True, editable=False)

    class Meta:
        verbose_name_plural = gettext_lazy("front pages")
        verbose_name = gettext_lazy("front page")
        constraints = (
            models.UniqueConstraint(
                fields=["state", "language"], condition=Q(state="live"), name="one_live_front_page"
            ),
        )

    def __str__(self):
        return self.name


class FrontRow(models.Model):
    """A row of an arrangement: an article for a time, and a rule that fills what it leaves."""

    class Place(models.TextChoices):
        LEAD = "lead", pgettext_lazy("place", "Lead")
        SECONDS = "seconds", pgettext_lazy("place", "Seconds")
        BESIDE = "beside", pgettext_lazy("place", "Beside them")
        BLOCK = "block", pgettext_lazy("place", "Block below")

    class Rule(models.TextChoices):
        NEWEST = "newest", pgettext_lazy("rule", "Newest")
        SECTION = "section", gettext_lazy("Newest of a section")
        DISCUSSED = "discussed", gettext_lazy("Most discussed")
        NOTHING = "nothing", gettext_lazy("Nothing")

    arrangement = models.ForeignKey(FrontArrangement, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("order", "position"),
        default=100,
        help_text=gettext_lazy("Small numbers first."),
    )
    place = models.CharField(
        gettext_lazy("place"), max_length=7, choices=Place.choices, default=Place.SECONDS
    )
    heading = models.CharField(gettext_lazy("heading"), max_length=MAX_HEADING_LENGTH, blank=True)
    article = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("article"),
    )
    starts = models.DateTimeField(pgettext_lazy("time", "from"), null=True, blank=True)
    until = models.DateTimeField(pgettext_lazy("time", "until"), null=True, blank=True)
    rule = models.CharField(
        pgettext_lazy("rule", "else"), max_length=9, choices=Rule.choices, default=Rule.NEWEST
    )
    section = models.ForeignKey(
        Section,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("section"),
    )
    count = models.PositiveSmallIntegerField(
        gettext_lazy("how many"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_IN_ROW)],
    )

    class Meta:
        verbose_name_plural = gettext_lazy("rows")
        ordering = ("position", "id")
        verbose_name = gettext_lazy("row")

    def __str__(self):
        return f"{self.get_place_display()}, {self.position}"


class Banner(models.Model):
    """A line above every page for some hours, such as breaking news."""

    text = models.CharField(gettext_lazy("text"), max_length=MAX_BANNER_LENGTH)
    article = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("article"),
    )
    # Above the pages of which edition it stands.
    language = models.CharField(
        gettext_lazy("edition"), max_length=MAX_LANGUAGE_LENGTH, default=site_language
    )
    starts = models.DateTimeField(pgettext_lazy("time", "from"))
    until = models.DateTimeField(pgettext_lazy("time", "until"))
    put_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=gettext_lazy("put up by"),
    )
    taken_down_at = models.DateTimeField(gettext_lazy("taken down"), null=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=gettext_lazy("taken down by"),
    )

    class Meta:
        verbose_name = gettext_lazy("banner")
        verbose_name_plural = gettext_lazy("banners")
        indexes = (
            # Reader: articles.listings, with the sections of every page.
            models.Index(
                fields=["until"], condition=Q(taken_down_at__isnull=True), name="banner_up"
            ),
        )

    def __str__(self):
        return self.text
