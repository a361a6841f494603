"""NEWS: the small files that other people's programs ask a site for."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

MAX_FILE_LENGTH = 100_000


class MachineFile(models.Model):
    """A file that an administrator wrote; where there is none, the portal's own stands."""

    class Name(models.TextChoices):
        ROBOTS = "robots.txt", gettext_lazy("robots.txt: what crawlers may read")
        ADS = "ads.txt", gettext_lazy("ads.txt: who may sell advertising here")
        SECURITY = "security.txt", gettext_lazy("security.txt: whom to tell of a weakness")

    name = models.CharField(gettext_lazy("name"), max_length=20, choices=Name.choices, unique=True)
    text = models.TextField(
        gettext_lazy("text"),
        blank=True,
        max_length=MAX_FILE_LENGTH,
        help_text=gettext_lazy(
            "Left empty, the portal's own stands; there is none of security.txt."
        ),
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = gettext_lazy("machine file")
        verbose_name_plural = gettext_lazy("machine files")
        ordering = ("name",)

    def __str__(self):
        return self.name
