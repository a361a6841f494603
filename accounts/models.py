"""WHO: the people of the portal, those who signed up and those who came with imported pages."""

from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from accounts.handles import SKELETON_MAX_LENGTH, handle_skeleton
from accounts.permissions import STAFF_ROLES, role_allows

# Longer than any handle met in the wild; short enough for a unique index on every database.
MAX_HANDLE_LENGTH = 150
# The longest that mail can be sent to (RFC 5321), and what allauth's own table holds.
MAX_ADDRESS_LENGTH = 254
# Seen within this long counts as online.
ONLINE_FOR = timedelta(minutes=5)


class Role(models.TextChoices):
    READER = "reader", "Reader"
    MODERATOR = "moderator", "Moderator"
    SENIOR = "senior", "Senior moderator"
    WRITER = "writer", "Writer"
    EDITOR = "editor", "Editor"
    ADMIN = "admin", "Administrator"


class Origin(models.TextChoices):
    SIGNED_UP = "signed_up", "Signed up here"
    IMPORTED = "imported", "Came with an imported page"


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

    handle = models.CharField(max_length=MAX_HANDLE_LENGTH, unique=True)
    skeleton = models.CharField(max_length=SKELETON_MAX_LENGTH, editable=False)
    real_name = models.TextField(blank=True)
    email = models.EmailField(max_length=MAX_ADDRESS_LENGTH, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.READER)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.SIGNED_UP)
    claimed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    suspended_until = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.TextField(blank=True)
    joined_at = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("email",)

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
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
        DOMAIN = "domain", "E-mail addresses at"
        NETWORK = "network", "Network"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(
        max_length=253,
        unique=True,
        help_text="A domain, with all below it (example.org), or a range (198.51.100.0/24).",
    )
    until = models.DateTimeField(
        null=True, blank=True, help_text="Networks change hands; empty is for good."
    )
    note = models.CharField(max_length=200, blank=True)

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
