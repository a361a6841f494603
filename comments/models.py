"""TALK: discussions, their comments as trees, and the log of moderators' acts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from mptt.models import MPTTModel, TreeForeignKey

from comments.quoting import blocks_as_markdown, escape_plain
from comments.tree import CommentManager, TreeError

# The number of a comment ("2.1.3") is stored; deeper ones keep its last parts behind an ellipsis.
MAX_NUMBER_LENGTH = 80


class Discussion(models.Model):
    """The comment section of one page. Knows the page's title and address, nothing else of it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    title = models.TextField()
    url = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_reason = models.TextField(blank=True)
    # From when on its page can be read; None while it cannot (a draft, a withdrawn article).
    readable_from = models.DateTimeField(null=True, blank=True, editable=False)
    # Comments that readers can see; tombstones do not count.
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    # Every top-level comment ever, so that the next one's number is never used twice.
    top_level_count = models.PositiveIntegerField(default=0, editable=False)
    last_tree_id = models.BigIntegerField(default=0, editable=False)
    last_posted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Grows with everything that changes what a reader of the discussion sees: part of its ETag.
    version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = (
            # Reader: listings.most_discussed.
            models.Index(fields=["-comment_count", "-id"], name="discussion_most_discussed"),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.url

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    def is_readable(self, now=None):
        """Whether its page can be read at ``now``; decided when it is asked, not by a job."""
        return self.readable_from is not None and self.readable_from <= (now or timezone.now())


class Comment(MPTTModel):
    """One comment: a node of a tree with gaps (``comments.tree``), never deleted.

    ``text`` is what was written, ``html`` what readers are shown, rendered once by
    ``comments.markup`` when it was written. Imported comments keep the blocks of the export
    schema in ``blocks``.
    """

    class State(models.TextChoices):
        VISIBLE = "visible", "Visible"
        HIDDEN = "hidden", "Hidden by a moderator"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="comments",
        db_index=False,
    )
    parent = TreeForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    lft = models.BigIntegerField(default=0, editable=False)
    rght = models.BigIntegerField(default=0, editable=False)
    tree_id = models.BigIntegerField(editable=False)
    level = models.PositiveIntegerField(default=0, editable=False)
    # Where the free space behind the last reply begins; up to ``rght`` it is the parent's to give.
    free_from = models.BigIntegerField(default=0, editable=False)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    # Place among its siblings, from 1; with ``parent`` the truth that ``lft`` is derived from.
    position = models.PositiveIntegerField(default=1, editable=False)
    number = models.CharField(max_length=MAX_NUMBER_LENGTH, editable=False)

    posted_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.VISIBLE)
    state_reason = models.TextField(blank=True)
    is_imported = models.BooleanField("imported", default=False, editable=False)
    text = models.TextField(blank=True)
    blocks = models.JSONField(null=True, blank=True, editable=False)
    html = models.TextField(blank=True, editable=False)
    # Made by the form, so that the same form sent twice makes one comment.
    submission_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = CommentManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=models.Q(submission_key__isnull=False),
                name="one_comment_a_submission",
            ),
            models.UniqueConstraint(
                fields=["tree_id"],
                condition=models.Q(parent__isnull=True),
                name="one_root_a_tree",
            ),
        )
        indexes = (
            # Reader: discussions.load, a page of a discussion in display order.
            models.Index(fields=["discussion", "tree_id", "lft"], name="comment_display_order"),
            # Reader: discussions.load_branch; declared here so that mptt adds no second one.
            models.Index(fields=["tree_id", "lft"], name="comment_tree_order"),
            # Reader: discussions.by_person, the flood check, the admin's search by author.
            models.Index(fields=["author", "-id"], name="comment_by_author"),
            # Reader: the admin's list, filtered by state.
            models.Index(fields=["state", "-id"], name="comment_by_state"),
        )

    def __str__(self):
        return f"#{self.pk} by {self.author}"

    def get_absolute_url(self):
        return f"/comments/{self.pk}/"

    @property
    def markdown(self):
        """What it says, in the notation that people write and edit here."""
        return self.text if self.blocks is None else blocks_as_markdown(self.blocks)

    @property
    def own_words(self):
        """The same without what it quotes."""
        return self.text if self.blocks is None else escape_plain(self.text)

    @property
    def is_visible(self):
        return self.state == self.State.VISIBLE

    def get_descendant_count(self):
        """Counts rows: with gaps, ``lft`` and ``rght`` say nothing about how many there are."""
        return self.get_descendants().count()

    def is_leaf_node(self):
        return self.reply_count == 0

    def delete(self, *args, **kwargs):
        """Always refused: a comment is withdrawn or hidden, so that replies keep their place."""
        raise TreeError("Comments are not deleted: withdraw or hide them.")


class LogQuerySet(models.QuerySet):
    """Reads and inserts: what is in the log stays as it was written."""

    def update(self, **values):
        raise TreeError("The moderation log is append-only.")

    def bulk_update(self, *args, **options):
        raise TreeError("The moderation log is append-only.")

    def delete(self):
        raise TreeError("The moderation log is append-only.")


class ModerationEntry(models.Model):
    """One act of a moderator or of an author on their own comment. Append-only."""

    class Act(models.TextChoices):
        HIDE = "hide", "Hid a comment"
        RESTORE = "restore", "Restored a comment"
        EDIT = "edit", "Edited their comment"
        WITHDRAW = "withdraw", "Withdrew their comment"
        CLOSE = "close", "Closed a discussion"
        REOPEN = "reopen", "Reopened a discussion"
        SUSPEND = "suspend", "Suspended a person"
        LIFT = "lift", "Lifted a suspension"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=10, choices=Act.choices)
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    discussion = models.ForeignKey(
        Discussion, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="acts_upon",
    )
    reason = models.TextField(blank=True)
    before = models.JSONField()
    after = models.JSONField()

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = "moderation entry"
        verbose_name_plural = "moderation log"

    def __str__(self):
        return f"{self.get_act_display()}, {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TreeError("The moderation log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TreeError("The moderation log is append-only.")
