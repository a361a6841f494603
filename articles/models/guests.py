"""NEWS: people who make articles and have no account here."""

from django.db import models

MAX_GUEST_NAME = 100
MAX_GUEST_SLUG = 80
MAX_BIOGRAPHY = 1_000


class Guest(models.Model):
    """Somebody who is named in bylines and never signs in: a guest author, an agency."""

    name = models.CharField(max_length=MAX_GUEST_NAME)
    slug = models.SlugField(
        max_length=MAX_GUEST_SLUG,
        unique=True,
        help_text="The address: /authors/SLUG/.",
    )
    biography = models.TextField(
        blank=True,
        max_length=MAX_BIOGRAPHY,
        help_text="Two or three sentences, shown on their page.",
    )

    class Meta:
        ordering = ("name", "id")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/authors/{self.slug}/"
