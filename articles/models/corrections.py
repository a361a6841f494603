"""What an article had wrong or left unclear, said under it and in the archive."""

from django.conf import settings
from django.db import models

from articles.models.news import Article


class Correction(models.Model):
    """One correction, clarification or update of an article, in words for its readers."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", "Correction"
        CLARIFICATION = "clarification", "Clarification"
        UPDATE = "update", "Update"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=13, choices=Kind.choices, default=Kind.CORRECTION)
    text = models.TextField(help_text="What was wrong, and what is right. Addresses become links.")
    at = models.DateTimeField("date", help_text="When it was corrected; now, where this is empty.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField("withdrawn", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
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
