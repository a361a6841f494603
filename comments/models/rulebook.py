"""What moderators decide by: watched words and hosts, policies, reasons, beats."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models.talk import MAX_AREA_LENGTH

# The longest word or phrase that is watched, and the longest name of a host (RFC 1035).
MAX_WORD_LENGTH = 100
MAX_HOST_LENGTH = 253


class WatchedWord(models.Model):
    """A word or phrase that holds a comment or refuses it; ``comments.words`` says how it fits."""

    class Verdict(models.TextChoices):
        REJECT = "reject", gettext_lazy("Refuse the comment")
        HOLD = "hold", gettext_lazy("Hold it for a moderator")

    text = models.CharField(
        max_length=MAX_WORD_LENGTH,
        unique=True,
        help_text=gettext_lazy("A word or a phrase; with * behind it, all words that begin so."),
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.HOLD)
    note = models.CharField(gettext_lazy("why it is watched"), max_length=200, blank=True)

    def __str__(self):
        return self.text


class WatchedHost(models.Model):
    """A host of links that are refused or never counted, with all hosts below it."""

    class Verdict(models.TextChoices):
        BLOCKED = "blocked", gettext_lazy("Refuse comments that link there")
        TRUSTED = "trusted", gettext_lazy("Anybody may link there")

    host = models.CharField(
        max_length=MAX_HOST_LENGTH, unique=True, help_text=gettext_lazy("For example: example.org")
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.BLOCKED)

    def __str__(self):
        return self.host


class RuleBook(models.Model):
    """One row: grows with every change of words, hosts and policies, which workers keep."""

    version = models.PositiveBigIntegerField(default=1)

    def __str__(self):
        return _("rules, version %(version)s") % {"version": self.version}


class Policy(models.Model):
    """How discussions are run: the site's, and what one part of it has differently."""

    area = models.CharField(
        gettext_lazy("part of the site"),
        max_length=MAX_AREA_LENGTH,
        unique=True,
        blank=True,
        help_text=gettext_lazy("A section's slug. Empty is the whole site."),
    )
    is_premoderated = models.BooleanField(gettext_lazy("hold every comment"), null=True, blank=True)
    newcomer_holds = models.PositiveSmallIntegerField(
        gettext_lazy("comments held of a newcomer"),
        null=True,
        blank=True,
        help_text=gettext_lazy("So many of a person's first comments wait for a moderator."),
    )
    close_after_days = models.PositiveIntegerField(
        gettext_lazy("close after days"),
        null=True,
        blank=True,
        # As ``rules.MOST_DAYS``.
        validators=[MaxValueValidator(36_500)],
        help_text=gettext_lazy("Counted from the page's publication; 0 is never."),
    )
    slow_seconds = models.PositiveIntegerField(
        gettext_lazy("seconds between two comments of a person"),
        null=True,
        blank=True,
        # A day; longer, close it.
        validators=[MaxValueValidator(86_400)],
    )
    cover_weight = models.FloatField(
        gettext_lazy("reports that hide a comment"),
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "Their weight together: a report of a person with no record weighs 1."
        ),
    )

    class Meta:
        verbose_name_plural = gettext_lazy("policies")

    def __str__(self):
        return self.area or _("The whole site")


class CannedReason(models.Model):
    """Why moderators act, in words that are ready; shown on tombstones and to the author.

    While there are none, ``rules`` has some of its own.
    """

    text = models.CharField(max_length=150, unique=True)
    rule = models.CharField(
        gettext_lazy("the rule it rests on"),
        max_length=40,
        blank=True,
        help_text=gettext_lazy("As your rules name it, for example: Rule 2."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self):
        return self.text


class Beat(models.Model):
    """A part of the site that a moderator looks after. Who has none looks after all of it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="beats"
    )
    area = models.CharField(gettext_lazy("part of the site"), max_length=MAX_AREA_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "area"], name="one_beat_an_area"),)

    def __str__(self):
        return f"{self.person}: {self.area}"
