"""What is being written: the form as somebody left it, and who has an article open."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.news import Article


class WorkingCopy(models.Model):
    """The form of an article, or of a new one, as somebody was filling it in. Nobody reads it
    but they themselves; the article does not know of it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # None is an article that there is not yet.
    article = models.ForeignKey(Article, null=True, on_delete=models.CASCADE, related_name="+")
    # What stood in the form's fields, by their names, as a browser sends them.
    fields = models.JSONField(default=dict)
    # The body, in either notation of the form, as blocks.
    blocks = models.JSONField(default=list)
    # Of the article, when the form was opened: whether somebody has changed it since.
    seen_version = models.PositiveBigIntegerField(null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    # Indexed for drafting.keep_copy, which drops what nobody took up.
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (
            # Reader: drafts.copy_of.
            models.UniqueConstraint(fields=["person", "article"], name="one_copy_an_article"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(article=None), name="one_copy_of_a_new_article"
            ),
        )

    def __str__(self):
        return f"working copy of {self.article_id or 'a new article'} by {self.person_id}"


class OpenForm(models.Model):
    """Who has an article's form open. It is theirs until ``expires_at``, or until taken over."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self):
        return f"{self.article_id} is open at {self.person_id}"
