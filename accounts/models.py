"""WHO: the people of the portal, those who signed up and those who came with imported pages."""

from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.handles import SKELETON_MAX_LENGTH, handle_skeleton
from accounts.permissions import STAFF_ROLES, role_allows

# Longer than any handle met in the wild; short enough for a unique index on every database.
MAX_HANDLE_LENGTH = 150
# The longest that mail can be sent to (RFC 5321), and what allauth's own table holds.
MAX_ADDRESS_LENGTH = 254
# A language and a country or script: "zh-hant".
LANGUAGE_MAX_LENGTH = 10
# Seen within this long counts as online.
ONLINE_FOR = timedelta(minutes=5)


class Role(models.TextChoices):
    READER = "reader", _("Reader")
    MODERATOR = "moderator", _("Moderator")
    SENIOR = "senior", _("Senior moderator")
    WRITER = "writer", _("Writer")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Administrator")


class Origin(models.TextChoices):
    SIGNED_UP = "signed_up", _("Signed up here")
    IMPORTED = "imported", _("Came with an imported page")


class PersonManager(BaseUserManager):
    def get_by_natural_key(self, handle):
        return self.get(handle=handle)

    def create_user(self, handle, email="", password=None, **fields):
        # Lower case as allauth keeps addresses, so that one comparison finds a person.
        person = self.model(handle=handle, email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, handle, email="", password=None, **fields):
        return self.create_user(handle, email, password, role=Role.ADMIN, **fields)


class User(AbstractBaseUser):
    """A person, known everywhere by a handle that is kept letter for letter."""

    handle = models.CharField(_("handle"), max_length=MAX_HANDLE_LENGTH, unique=True)
    skeleton = models.CharField(max_length=SKELETON_MAX_LENGTH, editable=False)
    real_name = models.TextField(_("real name"), blank=True)
    email = models.EmailField(_("email"), max_length=MAX_ADDRESS_LENGTH, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.READER)
    origin = models.CharField(
        _("origin"), max_length=12, choices=Origin.choices, default=Origin.SIGNED_UP
    )
    # What they are spoken to in, everywhere; "" is as the site.
    language = models.CharField(
        _("language"), max_length=LANGUAGE_MAX_LENGTH, choices=settings.LANGUAGES, blank=True
    )
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    suspension_reason = models.TextField(_("suspension reason"), blank=True)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)
    last_seen = models.DateTimeField(_("last seen"), null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("email",)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            # Imported handles are kept as they came, so only sign-up is held to look-alikes.
            models.UniqueConstraint(
                fields=["skeleton"],
                condition=models.Q(origin="signed_up"),
                name="one_signed_up_person_a_skeleton",
            ),
        )
        indexes = (
            # Reader: sign-up, which looks for a handle's look-alikes.
            models.Index(fields=["skeleton"], name="person_skeleton"),
            # Reader: sign-in by e-mail.
            models.Index(fields=["email"], name="person_email"),
        )

    def __str__(self):
        return self.handle

    def save(self, *args, update_fields=None, **kwargs):
        self.skeleton = handle_skeleton(self.handle)
        if update_fields is not None and "handle" in update_fields:
            update_fields = {*update_fields, "skeleton"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @classmethod
    def normalize_username(cls, username):
        """Nothing: Django would write compatibility forms out, and a handle is kept as it is."""
        return username

    @property
    def awaits_claim(self):
        """Whether this name came with an imported page and nobody signs in with it yet."""
        return self.origin == Origin.IMPORTED and self.claimed_at is None

    @property
    def _may_act(self):
        """Whether their role counts now: not for who is shut out, nor for who is suspended."""
        return self.is_active and not self.is_suspended()

    @property
    def is_staff(self):
        """Whether the admin lets them in at all; what they may do there is ``has_perm``."""
        return self.role in STAFF_ROLES and self._may_act

    @property
    def is_superuser(self):
        return self.role == Role.ADMIN and self._may_act

    def has_perm(self, perm, obj=None):
        return role_allows(self.role, perm) and self._may_act

    def has_perms(self, perm_list, obj=None):
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label):
        return role_allows(self.role, f"{app_label}.") and self._may_act

    def is_suspended(self, now=None):
        return self.suspended_until is not None and self.suspended_until > (now or timezone.now())

    def get_full_name(self):
        return self.real_name or self.handle

    def get_short_name(self):
        return self.handle

    def get_absolute_url(self):
        return person_url(self.pk, self.handle)


class Barrier(models.Model):
    """Who cannot sign up, or post: those with an e-mail address or from a network like this."""

    class Kind(models.TextChoices):
        DOMAIN = "domain", _("E-mail addresses at")
        NETWORK = "network", _("Network")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    value = models.CharField(
        _("value"),
        max_length=253,
        unique=True,
        help_text=_("A domain, with all below it (example.org), or a range (198.51.100.0/24)."),
    )
    until = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("Networks change hands; empty is for good."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("barrier")
        verbose_name_plural = _("barriers")

    def __str__(self):
        return self.value


@lru_cache(maxsize=8_192)
def person_url(pk, handle):
    """The address of a person's page.

    A handle that a URL path cannot carry (only dots, or with a slash) and one that looks like
    the stand-in itself are reached by number: ``/people/~17/``.
    """
    if "/" in handle or "\\" in handle or handle.startswith("~") or not handle.strip(". "):
        return f"/people/~{pk}/"
    return f"/people/{quote(handle, safe='')}/"
