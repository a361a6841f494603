"""NEWS: the small files that other people's programs ask a site for."""

from django.db import models
from django.utils import timezone

MAX_FILE_LENGTH = 100_000


class MachineFile(models.Model):
    """A file that an administrator wrote; where there is none, the portal's own stands."""

    class Name(models.TextChoices):
        ROBOTS = "robots.txt", "robots.txt: what crawlers may read"
        ADS = "ads.txt", "ads.txt: who may sell advertising here"
        SECURITY = "security.txt", "security.txt: whom to tell of a weakness"

    name = models.CharField(max_length=20, choices=Name.choices, unique=True)
    text = models.TextField(
        blank=True,
        max_length=MAX_FILE_LENGTH,
        help_text="Left empty, the portal's own stands; there is none of security.txt.",
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self):
        return self.name
