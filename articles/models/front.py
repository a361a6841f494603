"""The front page as editors arrange it, and the banner above every page."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from articles.models.news import Article, Section

MAX_HEADING_LENGTH = 60
# Two lines on a phone.
MAX_BANNER_LENGTH = 140
# A row of the page that nobody has to scroll through; lists have pages of their own.
MOST_IN_ROW = 12


class FrontArrangement(models.Model):
    """One arrangement of the front page: a draft, the one that readers see, or a former one."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        FORMER = "former", "Former"

    name = models.CharField(max_length=MAX_HEADING_LENGTH, help_text="For editors alone.")
    state = models.CharField(
        max_length=6, choices=State.choices, default=State.DRAFT, editable=False
    )
    # Grows with every change: what goes live is what was previewed.
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    made_at = models.DateTimeField(editable=False)
    live_at = models.DateTimeField("live from", null=True, editable=False)
    live_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT,
        related_name="+", verbose_name="put live by",
    )  # fmt: skip
    ended_at = models.DateTimeField("live until", null=True, editable=False)

    class Meta:
        verbose_name = "front page"
        constraints = (
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="live"), name="one_live_front_page"
            ),
        )

    def __str__(self):
        return self.name


class FrontRow(models.Model):
    """A row of an arrangement: an article for a time, and a rule that fills what it leaves."""

    class Place(models.TextChoices):
        LEAD = "lead", "Lead"
        SECONDS = "seconds", "Seconds"
        BESIDE = "beside", "Beside them"
        BLOCK = "block", "Block below"

    class Rule(models.TextChoices):
        NEWEST = "newest", "Newest"
        SECTION = "section", "Newest of a section"
        DISCUSSED = "discussed", "Most discussed"
        NOTHING = "nothing", "Nothing"

    arrangement = models.ForeignKey(FrontArrangement, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(default=100, help_text="Small numbers first.")
    place = models.CharField(max_length=7, choices=Place.choices, default=Place.SECONDS)
    heading = models.CharField(max_length=MAX_HEADING_LENGTH, blank=True)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    starts = models.DateTimeField("from", null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    rule = models.CharField("else", max_length=9, choices=Rule.choices, default=Rule.NEWEST)
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    count = models.PositiveSmallIntegerField(
        "how many", default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_IN_ROW)]
    )

    class Meta:
        ordering = ("position", "id")
        verbose_name = "row"

    def __str__(self):
        return f"{self.get_place_display()}, {self.position}"


class Banner(models.Model):
    """A line above every page for some hours, such as breaking news."""

    text = models.CharField(max_length=MAX_BANNER_LENGTH)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    starts = models.DateTimeField("from")
    until = models.DateTimeField()
    put_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_down_at = models.DateTimeField("taken down", null=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = (
            # Reader: articles.listings, with the sections of every page.
            models.Index(
                fields=["until"], condition=Q(taken_down_at__isnull=True), name="banner_up"
            ),
        )

    def __str__(self):
        return self.text
