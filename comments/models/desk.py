"""What moderators decide, and what the people concerned are told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from comments.models.record import ModerationEntry
from comments.models.talk import MAX_AREA_LENGTH, Comment, Discussion


class HeldComment(models.Model):
    """A comment that waits for a moderator. It is in no tree until it is approved.

    ``objections`` are what the phases of ``screening`` said:
    ``[{"phase", "message", "hits": [[start, end, entry], ...]}, ...]``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waits for a moderator")
        APPROVED = "approved", gettext_lazy("Approved")
        REJECTED = "rejected", gettext_lazy("Rejected")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn by its author")

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="held", db_index=False
    )
    parent = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="held_replies"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="held_comments",
        db_index=False,
    )  # fmt: skip
    text = models.TextField()
    html = models.TextField()
    submission_key = models.UUIDField(null=True, blank=True)
    objections = models.JSONField(default=list)
    # Its author sees it as if it had been posted, and nobody else sees it.
    is_shadow = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True)
    held_at = models.DateTimeField(default=timezone.now)
    # What it became, once it was approved.
    comment = models.OneToOneField(
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="was_held"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=Q(submission_key__isnull=False, state="waiting"),
                name="one_held_a_submission",
            ),
        )
        indexes = (
            # Reader: embedding, what somebody's own waiting comments are in a discussion.
            models.Index(
                fields=["author", "discussion"],
                condition=Q(state="waiting"),
                name="held_by_author",
            ),
            # Reader: contributions, what somebody sent lately.
            models.Index(fields=["author", "-id"], name="held_by_author_newest"),
        )

    def __str__(self):
        return f"held #{self.pk} by {self.author}"


class Report(models.Model):
    """Somebody asks moderators to look at a comment. Nobody else learns who."""

    class Reason(models.TextChoices):
        ATTACK = "attack", gettext_lazy("It attacks somebody")
        HATE = "hate", gettext_lazy("It incites hatred")
        ADVERTISING = "advertising", gettext_lazy("It is advertising")
        PRIVATE = "private", gettext_lazy("It tells what is private")
        OFF_TOPIC = "off_topic", gettext_lazy("It has nothing to do with the page")
        OTHER = "other", gettext_lazy("Another reason")

    class Outcome(models.TextChoices):
        OPEN = "open", gettext_lazy("Not decided")
        UPHELD = "upheld", gettext_lazy("The comment was taken down")
        DISMISSED = "dismissed", gettext_lazy("The comment stays")
        WITHDRAWN = "withdrawn", gettext_lazy("Its author took it away")

    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="reports", db_index=False
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)
    note = models.TextField(blank=True)
    # What it counts for, by how often its author's reports were upheld (``comments.trust``).
    weight = models.FloatField(default=1.0)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            # Reader: the reports of a comment.
            models.UniqueConstraint(fields=["comment", "reporter"], name="one_report_a_person"),
        )

    def __str__(self):
        return f"report of #{self.comment_id}"


class Notice(models.Model):
    """Somebody, with an account or without, says that a comment is against the law.

    What the EU's Digital Services Act asks for (Article 16): who, what, why, in good faith; they
    are told that it came and what was decided.
    """

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="notices")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    explanation = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(
        max_length=10, choices=Report.Outcome.choices, default=Report.Outcome.OPEN
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"notice on #{self.comment_id}"


class Appeal(models.Model):
    """Whoever an act concerns asks for somebody else to look at it. One for each act."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Not decided")
        GRANTED = "granted", gettext_lazy("Granted")
        REFUSED = "refused", gettext_lazy("Refused")

    entry = models.OneToOneField(ModerationEntry, on_delete=models.PROTECT, related_name="appeal")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appeals"
    )
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)

    def __str__(self):
        return f"appeal of {self.person}"


class Case(models.Model):
    """Something that a moderator has to decide, in one of the queues of the desk."""

    class Queue(models.TextChoices):
        HELD = "held", gettext_lazy("Held")
        REPORTED = "reported", gettext_lazy("Reported")
        COVERED = "covered", gettext_lazy("Hidden by reports")
        APPEAL = "appeal", gettext_lazy("Appeals")

    queue = models.CharField(max_length=8, choices=Queue.choices)
    is_open = models.BooleanField(default=True)
    area = models.CharField(max_length=MAX_AREA_LENGTH, blank=True)
    # Whose comment or whose appeal it is.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    discussion = models.ForeignKey(
        Discussion, null=True, blank=True, on_delete=models.PROTECT, related_name="cases",
        db_index=False,
    )  # fmt: skip
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="cases",
        db_index=False,
    )  # fmt: skip
    held = models.OneToOneField(
        HeldComment, null=True, blank=True, on_delete=models.PROTECT, related_name="case"
    )
    appeal = models.OneToOneField(
        Appeal, null=True, blank=True, on_delete=models.PROTECT, related_name="case"
    )
    # The sum of its open reports' weights, and how many they are.
    weight = models.FloatField(default=0.0)
    report_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    # Who works on it, so that two do not; it is free again after a while.
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="taken_cases",
    )
    taken_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["comment"],
                condition=Q(is_open=True, comment__isnull=False, appeal__isnull=True),
                name="one_open_case_a_comment",
            ),
        )
        indexes = (
            # Reader: cases.queue_page, the whole site's and one part's.
            models.Index(fields=["queue", "id"], condition=Q(is_open=True), name="case_queue"),
            models.Index(
                fields=["area", "queue", "id"], condition=Q(is_open=True), name="case_area_queue"
            ),
            models.Index(fields=["person", "queue", "id"], name="case_by_person"),
        )

    def __str__(self):
        return f"{self.get_queue_display()} {self.pk}"


class Standing(models.Model):
    """A person's record in discussions, and what moderators have laid down for them."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True,
        related_name="standing",
    )  # fmt: skip
    # Comments that were posted or approved, less those that were taken down.
    stood = models.PositiveIntegerField(default=0)
    taken_down = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    reports_upheld = models.PositiveIntegerField(default=0)
    reports_dismissed = models.PositiveIntegerField(default=0)
    # Whether each of their comments waits for a moderator.
    is_premoderated = models.BooleanField(default=False)
    # Until when only they themselves see what they post.
    shadow_until = models.DateTimeField(null=True, blank=True)
    # Where they cannot take part, by the discussion's id as text: ``{"until": ISO 8601 or None,
    # "reason", "entry"}``, the last the number of the log's row. What is over is dropped when it
    # is written; ``standing.in_force`` says what holds.
    muted = models.JSONField(default=dict)

    def __str__(self):
        return f"standing of {self.person_id}"


class PersonNote(models.Model):
    """What moderators tell each other about a person."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes_written"
    )
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"note on {self.person_id}"


class Letter(models.Model):
    """What the portal tells a person: what was done, what came of a report or an appeal."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters", db_index=False
    )
    entry = models.ForeignKey(
        ModerationEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            # Reader: letters, the newest first.
            models.Index(fields=["person", "-id"], name="letter_by_person"),
        )

    def __str__(self):
        return self.subject


class Sender(models.Model):
    """Where a comment came from: kept for some days, so that moderators see who is the same.

    Shown to nobody as an address: the desk tells that others came from the same one.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="senders"
    )
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="senders"
    )
    address = models.GenericIPAddressField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            # Reader: network.same_sender.
            models.Index(fields=["address", "-id"], name="sender_by_address"),
            # Reader: network.drop_old.
            models.Index(fields=["at"], name="sender_by_age"),
        )

    def __str__(self):
        return f"sender of #{self.comment_id}"
