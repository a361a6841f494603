"""NEWS: people who make articles and have no account here."""

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

MAX_GUEST_NAME = 100
MAX_GUEST_SLUG = 80
MAX_BIOGRAPHY = 1_000


class Guest(models.Model):
    """Somebody who is named in bylines and never signs in: a guest author, an agency."""

    name = models.CharField(pgettext_lazy("person", "name"), max_length=MAX_GUEST_NAME)
    slug = models.SlugField(
        gettext_lazy("slug"),
        max_length=MAX_GUEST_SLUG,
        unique=True,
        help_text=gettext_lazy("The address: /authors/SLUG/."),
    )
    biography = models.TextField(
        gettext_lazy("biography"),
        blank=True,
        max_length=MAX_BIOGRAPHY,
        help_text=gettext_lazy("Two or three sentences, shown on their page."),
    )

    class Meta:
        verbose_name = gettext_lazy("guest")
        verbose_name_plural = gettext_lazy("guests")
        ordering = ("name", "id")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/authors/{self.slug}/"
