"""Discussions, their comments as trees, and what readers do with them."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy
from mptt.models import MPTTModel, TreeForeignKey

from comments.languages import MAX_LANGUAGE_LENGTH, site_language
from comments.quoting import blocks_as_markdown, escape_plain
from comments.tree import CommentManager, TreeError

# The number of a comment ("2.1.3") is stored; deeper ones keep its last parts behind an ellipsis.
MAX_NUMBER_LENGTH = 80
# A section's slug; as long as articles have them.
MAX_AREA_LENGTH = 80


# What is read may be from before a moment that comes until it is answered: so long ago counts as
# still to come, and no cache is given a page of before for longer. Far more than a page takes.
A_READ = timedelta(seconds=2)


def readable(now, path=""):
    """``Discussion.is_readable(now)`` as a condition; ``path`` leads there ("discussion__")."""
    ends = Q(**{f"{path}readable_until": None}) | Q(**{f"{path}readable_until__gt": now})
    return Q(**{f"{path}readable_from__lte": now}) & ends


class Discussion(models.Model):
    """The comment section of one page. Knows the page's title and address, nothing else of it."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Open")
        CLOSED = "closed", gettext_lazy("Closed")

    title = models.TextField()
    url = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_reason = models.TextField(blank=True)
    # The part of the site that its page belongs to, as rights and policies name it ("science").
    area = models.CharField(max_length=MAX_AREA_LENGTH, blank=True, editable=False)
    # The language of its page, in which everything around the comments is worded.
    language = models.CharField(
        max_length=MAX_LANGUAGE_LENGTH, default=site_language, editable=False
    )
    # When it closes by itself; kept by ``comments.policies`` as days, areas and pages change.
    closes_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The page's own number of days; None takes its area's or the site's, 0 is never.
    close_after_days = models.PositiveIntegerField(null=True, blank=True)
    # Seconds between two comments of the same person, set by hand; 0 is none.
    slow_seconds = models.PositiveIntegerField(default=0)
    # Whether every comment here waits for a moderator.
    is_premoderated = models.BooleanField(default=False)
    # From when on its page can be read; None while it cannot (a draft, a withdrawn article).
    readable_from = models.DateTimeField(null=True, blank=True, editable=False)
    # From when on it can be read no more, if that is known already.
    readable_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Comments that readers can see; tombstones do not count.
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    # Every top-level comment ever, so that the next one's number is never used twice.
    top_level_count = models.PositiveIntegerField(default=0, editable=False)
    last_tree_id = models.BigIntegerField(default=0, editable=False)
    # Every comment ever: each one's ``arrival`` is its number in this count, so that what came
    # after a moment is a range, and how many came is a subtraction.
    arrival_count = models.PositiveIntegerField(default=0, editable=False)
    last_posted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Grows with everything that readers of the discussion see change, but for votes on replies:
    # how its threads ranked at an earlier version can be told from ``ThreadMove``.
    version = models.PositiveBigIntegerField(default=1, editable=False)
    # The first version from which on it can: what moved before is no longer kept.
    ranked_from = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = (
            # Reader: listings.most_discussed.
            models.Index(fields=["-comment_count", "-id"], name="discussion_most_discussed"),
            # Reader: moments.next_change.
            models.Index(fields=["readable_from"], name="discussion_opens"),
            models.Index(
                fields=["readable_until"],
                condition=Q(readable_until__isnull=False),
                name="discussion_ends",
            ),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.url

    @property
    def is_open(self):
        """Whether it takes comments now: nobody has closed it, and its time is not over."""
        return self.state == self.State.OPEN and not self.is_over()

    def is_over(self, now=None):
        """Whether it has closed by itself; decided when it is asked, not by a job."""
        return self.closes_at is not None and self.closes_at <= (now or timezone.now())

    def next_change(self, now=None):
        """When it closes or goes by itself, whichever is next; None if neither will be.

        What came within ``A_READ`` is told, too.
        """
        since = (now or timezone.now()) - A_READ
        moments = (self.closes_at, self.readable_until)
        return min((each for each in moments if each is not None and each > since), default=None)

    def is_readable(self, now=None):
        """Whether its page can be read at ``now``; decided when it is asked, not by a job."""
        now = now or timezone.now()
        if self.readable_from is None or self.readable_from > now:
            return False
        return self.readable_until is None or self.readable_until > now


class Comment(MPTTModel):
    """One comment: a node of a tree with gaps (``comments.tree``), never deleted.

    ``text`` is what was written, ``html`` what readers are shown, rendered once by
    ``comments.markup`` when it was written. Imported comments keep the blocks of the export
    schema in ``blocks``.
    """

    class State(models.TextChoices):
        VISIBLE = "visible", gettext_lazy("Visible")
        HIDDEN = "hidden", gettext_lazy("Hidden by a moderator")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn by its author")
        # Until a moderator has decided: because of reports, or because an approval was undone.
        COVERED = "covered", gettext_lazy("Hidden because of reports")
        HELD = "held", gettext_lazy("Held for a moderator")

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
    # Place among all comments of the discussion in the order in which they came, from 1.
    arrival = models.PositiveIntegerField(default=0, editable=False)
    agree_count = models.PositiveIntegerField(default=0, editable=False)

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
            # Reader: branches.load_branch; declared here so that mptt adds no second one.
            models.Index(fields=["tree_id", "lft"], name="comment_tree_order"),
            # Reader: arrivals, what came since somebody's last visit.
            models.Index(fields=["discussion", "arrival"], name="comment_arrival"),
            # Reader: visits, how much of a thread is new to somebody.
            models.Index(fields=["tree_id", "arrival"], name="comment_tree_arrival"),
            # Reader: discussions.by_person, the flood check, the admin's search by author.
            models.Index(fields=["author", "-id"], name="comment_by_author"),
            # Reader: the admin's list, filtered by state.
            models.Index(fields=["state", "-id"], name="comment_by_state"),
            # Reader: contributions.most_discussed, which reads nothing but the index.
            models.Index(fields=["state", "-posted_at", "discussion"], name="comment_by_time"),
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


class Thread(models.Model):
    """A top-level comment with all that hangs under it: what the orders of a discussion rank.

    A row of its own, so that replies deep in the tree count here without a lock on the
    top-level comment. Written under the discussion's lock, by ``comments.ranking`` alone.
    """

    root = models.OneToOneField(
        Comment, on_delete=models.PROTECT, primary_key=True, related_name="thread"
    )
    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="threads", db_index=False
    )
    tree_id = models.BigIntegerField()
    # All its comments, tombstones and the top-level one among them.
    size = models.PositiveIntegerField(default=1)
    # What "most discussed" ranks by: the replies that readers can see.
    visible_replies = models.PositiveIntegerField(default=0)
    # What "best" ranks by: ``ranking.best_of`` the top-level comment's votes.
    best = models.PositiveIntegerField(default=0)
    # Reports in it that nobody has decided: they slow it down (``screening.slow``).
    open_reports = models.PositiveIntegerField(default=0)
    # Seconds between two comments of the same person, set by hand; 0 is none.
    slow_seconds = models.PositiveIntegerField(default=0)
    # The discussion's version when it began, and when it last moved in one of the orders.
    began_in = models.PositiveBigIntegerField(default=0)
    moved_in = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            # Not by ``tree_id`` alone: PostgreSQL would go through other discussions' threads to
            # find the next ones of this. Reader: orders, by time.
            models.UniqueConstraint(fields=["discussion", "tree_id"], name="thread_of_tree"),
        )
        indexes = (
            # Reader: orders, one index for each of the others.
            models.Index(fields=["discussion", "best", "tree_id"], name="thread_by_votes"),
            models.Index(
                fields=["discussion", "visible_replies", "tree_id"], name="thread_by_replies"
            ),
        )

    def __str__(self):
        return f"Thread {self.root_id}"


class ThreadMove(models.Model):
    """How a thread ranked before a version of its discussion: kept for a while, see ``orders``."""

    discussion = models.ForeignKey(
        Discussion, on_delete=models.CASCADE, related_name="moves", db_index=False
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="moves", db_index=False
    )
    version = models.PositiveBigIntegerField()
    visible_replies = models.PositiveIntegerField()
    best = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            # Reader: orders, what moved since a version.
            models.Index(fields=["discussion", "version"], name="move_by_version"),
        )

    def __str__(self):
        return f"Thread {self.thread_id} in version {self.version}"


class Vote(models.Model):
    """Somebody agrees with a comment. Withdrawn, it is gone."""

    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="votes", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "comment"], name="one_vote_a_person"),
        )
        indexes = (
            # Reader: check_threads, which counts them.
            models.Index(fields=["comment"], name="vote_by_comment"),
        )

    def __str__(self):
        return f"{self.person} agrees with #{self.comment_id}"


class Visit(models.Model):
    """How far somebody has seen a discussion. ``seen`` and ``latest`` are arrivals.

    While a visit lasts, what came after ``seen`` stays marked on every page; the next visit
    begins where this one ended, at ``latest``.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits", db_index=False
    )
    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="visits")
    seen = models.PositiveIntegerField()
    latest = models.PositiveIntegerField()
    # Their own comments among those that came after ``latest``.
    own = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "discussion"], name="one_visit_a_person"),
        )

    def __str__(self):
        return f"{self.person} in {self.discussion_id}"


class Preference(models.Model):
    """How somebody likes discussions shown."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preference",
    )
    order = models.CharField(max_length=10)

    def __str__(self):
        return f"{self.person}: {self.order}"


class Revision(models.Model):
    """What a comment said before it was edited. Public, unless a moderator has hidden it."""

    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="revisions", db_index=False
    )
    # The comment's ``revision`` while it said this.
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    blocks = models.JSONField(null=True, blank=True)
    written_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["comment", "number"], name="one_text_a_revision"),
        )

    def __str__(self):
        return f"#{self.comment_id}, version {self.number}"

    @property
    def markdown(self):
        return self.text if self.blocks is None else blocks_as_markdown(self.blocks)
