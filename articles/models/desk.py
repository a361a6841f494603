"""How a text comes to be published: who may move it, what it said before, what it will say."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models.news import Article, Section


class Remit(models.Model):
    """What somebody of the newsroom may do in a section, or everywhere (``section`` None).

    Who has none may do what their role may, in every section; who has some may do that there and
    nothing elsewhere. ``articles.permissions`` reads them.
    """

    class Level(models.IntegerChoices):
        NOTHING = 0, gettext_lazy("Nothing")
        WRITE = 1, gettext_lazy("Write drafts and hand them in")
        APPROVE = 2, gettext_lazy("Edit at the desk, approve and send back")
        PUBLISH = 3, gettext_lazy("Publish, change what is published, withdraw")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="remits",
        verbose_name=gettext_lazy("person"),
    )
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="remits",
        help_text=gettext_lazy("Empty: every section."), verbose_name=gettext_lazy("section"),
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(gettext_lazy("may"), choices=Level.choices)

    class Meta:
        verbose_name = gettext_lazy("remit")
        verbose_name_plural = gettext_lazy("remits")
        constraints = (
            models.UniqueConstraint(fields=["person", "section"], name="one_remit_a_section"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(section=None), name="one_remit_everywhere"
            ),
        )

    def __str__(self):
        where = self.section or _("every section")
        return f"{self.person}, {where}: {self.get_level_display()}"


# What a reader reads: a change of these is what "updated" means.
WORD_FIELDS = ("title", "lead", "blocks", "photo_credits")


class Revision(models.Model):
    """What a published article said from a moment on: who wrote that, and why.

    The database refuses to change or delete one.
    """

    title = models.TextField()
    lead = models.TextField(blank=True)
    blocks = models.JSONField(default=list)
    photo_credits = models.JSONField(default=list, blank=True)

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="revisions", db_index=False
    )
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    # None is the portal itself: an import.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            # Reader: the revisions of an article, in their order.
            models.UniqueConstraint(fields=["article", "number"], name="one_revision_a_number"),
        )

    def __str__(self):
        return f"revision {self.number} of {self.article_id}"

    def words(self):
        """What it says, as arguments of ``publishing``."""
        return {name: getattr(self, name) for name in WORD_FIELDS}


class ScheduledUpdate(models.Model):
    """What a published article will say from a moment on. At most one an article.

    Decided when a page is read: from ``takes_effect_at`` on these are the article's words, where
    they are not None: those stay as they are, whatever becomes of them meanwhile.
    ``articles.publishing`` makes them the article's own at the next chance.
    """

    title = models.TextField(null=True)
    lead = models.TextField(null=True, blank=True)
    blocks = models.JSONField(null=True)
    photo_credits = models.JSONField(null=True)
    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, related_name="scheduled", primary_key=True
    )
    takes_effect_at = models.DateTimeField(db_index=True)
    # Made of these words and the article's, and anew whenever those change.
    summary = models.TextField(blank=True)
    html = models.TextField(blank=True)
    reading_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"update of {self.article_id}, {self.takes_effect_at:%Y-%m-%d %H:%M}"

    def changes(self):
        """What it changes, as arguments of ``publishing``."""
        words = {name: getattr(self, name) for name in WORD_FIELDS}
        return {name: value for name, value in words.items() if value is not None}


class PreviewLink(models.Model):
    """Lets somebody without an account read what is not published, for a while.

    An article that is not out; ``of_update``, what is scheduled for one that is.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="preview_links")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    of_update = models.BooleanField(default=False, editable=False)
    # For whom: so that it is known which one to revoke.
    note = models.CharField(gettext_lazy("for whom"), max_length=120, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"preview of {self.article_id}"

    def is_valid(self, now=None):
        """Whether it still opens the page; decided when it is asked."""
        return self.revoked_at is None and self.expires_at > (now or timezone.now())
