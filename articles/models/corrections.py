"""What an article had wrong or left unclear, said under it and in the archive."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from articles.models.news import Article


class Correction(models.Model):
    """One correction, clarification or update of an article, in words for its readers."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", gettext_lazy("Correction")
        CLARIFICATION = "clarification", gettext_lazy("Clarification")
        UPDATE = "update", gettext_lazy("Update")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="corrections",
        verbose_name=gettext_lazy("article"),
    )
    kind = models.CharField(
        gettext_lazy("kind"), max_length=13, choices=Kind.choices, default=Kind.CORRECTION
    )
    text = models.TextField(
        gettext_lazy("text"),
        help_text=gettext_lazy("What was wrong, and what is right. Addresses become links."),
    )
    at = models.DateTimeField(
        gettext_lazy("date"),
        help_text=gettext_lazy("When it was corrected; now, where this is empty."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=gettext_lazy("made by"),
    )
    withdrawn_at = models.DateTimeField(gettext_lazy("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=gettext_lazy("withdrawn by"),
    )

    class Meta:
        verbose_name = gettext_lazy("correction")
        verbose_name_plural = gettext_lazy("corrections")
        indexes = (
            # Reader: articles.corrections.archive_page and its feed.
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="correction_newest",
            ),
        )

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text[:60]}"
