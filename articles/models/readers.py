"""What readers do with articles: how often one is read, and who keeps one for later."""

from datetime import UTC

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.models.news import Article


def hour_of(moment):
    """When the hour of UTC began that ``moment`` is in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(moment):
    """When the day of UTC began that ``moment`` is in."""
    return hour_of(moment).replace(hour=0)


class ReadCount(models.Model):
    """How often an article was read in an hour or on a day (of UTC). Nobody is named."""

    class Span(models.IntegerChoices):
        HOUR = 1, gettext_lazy("Hour")
        DAY = 24, gettext_lazy("Day")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+", db_index=False)
    span = models.PositiveSmallIntegerField(choices=Span.choices)
    begins = models.DateTimeField()
    reads = models.PositiveIntegerField()

    class Meta:
        constraints = (
            # Reader: counting, which adds to what is there.
            models.UniqueConstraint(
                fields=["article", "span", "begins"], name="one_count_a_bucket"
            ),
        )
        indexes = (
            # Reader: popular, the most read of an hour or a day.
            models.Index(fields=["span", "begins", "-reads", "article"], name="reads_by_bucket"),
        )

    def __str__(self):
        return f"{self.reads} of {self.article_id} from {self.begins:%Y-%m-%d %H:%M}"


class SavedArticle(models.Model):
    """That somebody keeps an article to read it later. Shown to nobody but them."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "article"], name="one_saved_once"),
        )
        indexes = (
            # Reader: saved, somebody's list.
            models.Index(fields=["person", "-id"], name="saved_by_person"),
        )

    def __str__(self):
        return f"{self.article_id}, saved by {self.person_id}"
