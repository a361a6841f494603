"""The log: what moderators, authors and the portal's own rules did. Append-only."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from comments.models.talk import MAX_AREA_LENGTH, Comment, Discussion
from comments.tree import TreeError


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
        HIDE = "hide", gettext_lazy("Hid a comment")
        RESTORE = "restore", gettext_lazy("Restored a comment")
        EDIT = "edit", gettext_lazy("Edited their comment")
        HIDE_TEXT = "hide_text", gettext_lazy("Hid an earlier version")
        SHOW_TEXT = "show_text", gettext_lazy("Showed an earlier version again")
        WITHDRAW = "withdraw", gettext_lazy("Withdrew their comment")
        CLOSE = "close", gettext_lazy("Closed a discussion")
        REOPEN = "reopen", gettext_lazy("Reopened a discussion")
        SUSPEND = "suspend", gettext_lazy("Suspended a person")
        LIFT = "lift", gettext_lazy("Lifted a suspension")
        HOLD = "hold", gettext_lazy("Held a comment")
        APPROVE = "approve", gettext_lazy("Approved a comment")
        REJECT = "reject", gettext_lazy("Rejected a comment")
        COVER = "cover", gettext_lazy("Hid a comment because of reports")
        KEEP = "keep", gettext_lazy("Kept a reported comment")
        UNDO = "undo", gettext_lazy("Took an act back")
        SLOW = "slow", gettext_lazy("Slowed a discussion down")
        PREMODERATE = "premod", gettext_lazy("Changed premoderation")
        WARN = "warn", gettext_lazy("Warned a person")
        MUTE = "mute", gettext_lazy("Muted a person in one discussion")
        UNMUTE = "unmute", gettext_lazy("Let a muted person take part again")
        BAN = "ban", gettext_lazy("Banned a person")
        SHADOW = "shadow", gettext_lazy("Hid a person's new comments from others")
        NOTE = "note", gettext_lazy("Wrote a note on a person")
        WATCH = "watch", gettext_lazy("Holds a person's comments")
        BLOCK = "block", gettext_lazy("Changed what is blocked")
        APPEAL = "appeal", gettext_lazy("Appealed")
        GRANT = "grant", gettext_lazy("Granted an appeal")
        REFUSE = "refuse", gettext_lazy("Refused an appeal")
        POLICY = "policy", gettext_lazy("Changed a policy")
        NOTICE = "notice", gettext_lazy("Decided a notice of illegal content")

    at = models.DateTimeField(default=timezone.now, db_index=True)
    # None where a rule of the portal decided, which ``rule`` names.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="acts",
    )
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
    # What the act rests on: a rule of the house, or the phase of ``screening`` that decided.
    rule = models.CharField(max_length=40, blank=True)
    # The part of the site, as it was then: who looks after it reads its log.
    area = models.CharField(max_length=MAX_AREA_LENGTH, blank=True)
    # What was done at once, and is undone at once.
    batch = models.UUIDField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    before = models.JSONField()
    after = models.JSONField()

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("moderation entry")
        verbose_name_plural = gettext_lazy("moderation log")
        indexes = (
            # Reader: moderation.undo, the acts of one batch.
            models.Index(
                fields=["batch"], condition=models.Q(batch__isnull=False), name="act_by_batch"
            ),
            # Reader: the log filtered by act.
            models.Index(fields=["act", "-id"], name="act_by_kind"),
        )

    def __str__(self):
        return f"{self.get_act_display()}, {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TreeError("The moderation log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TreeError("The moderation log is append-only.")
