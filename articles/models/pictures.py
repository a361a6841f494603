"""NEWS: pictures, and where in articles they stand."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

MOST_PERCENT = 100


class Picture(models.Model):
    """One picture, as it was sent, with its words and rights.

    Its file lies at ``articles.widths.original_name``; what readers are sent lies in ``folder``.
    """

    class Licence(models.TextChoices):
        OWN = "own", gettext_lazy("Made by or for this newsroom")
        AGENCY = "agency", gettext_lazy("Licensed from an agency")
        PERMISSION = "permission", gettext_lazy("With its owner's permission")
        CC_BY = "cc-by-4.0", gettext_lazy("Creative Commons, attribution (CC BY 4.0)")
        CC_BY_SA = (
            "cc-by-sa-4.0",
            gettext_lazy("Creative Commons, attribution, share alike (CC BY-SA 4.0)"),
        )
        CC0 = "cc0-1.0", gettext_lazy("Creative Commons, no rights reserved (CC0 1.0)")
        PUBLIC_DOMAIN = "public-domain", gettext_lazy("Public domain")
        OTHER = "other", gettext_lazy("Another one, named below")

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("files are being made")
        READY = "ready", gettext_lazy("all files made")
        FAILED = "failed", gettext_lazy("files could not be made; readers get a plain JPEG")

    alt = models.TextField(
        gettext_lazy("alternative text"),
        help_text=gettext_lazy("What it shows, for who cannot see it."),
    )
    caption = models.TextField(
        gettext_lazy("caption"),
        help_text=gettext_lazy("What readers should know of it. It stands below."),
    )
    credit = models.TextField(
        gettext_lazy("credit"),
        help_text=gettext_lazy("Who made it. It stands below, and in its files."),
    )
    licence = models.CharField(gettext_lazy("licence"), max_length=20, choices=Licence.choices)
    licence_note = models.TextField(
        gettext_lazy("another licence"),
        blank=True,
        help_text=gettext_lazy("Its name, as readers are told it."),
    )
    focal_x = models.PositiveSmallIntegerField(
        gettext_lazy("focal x"), default=50, validators=(MaxValueValidator(MOST_PERCENT),)
    )
    focal_y = models.PositiveSmallIntegerField(
        gettext_lazy("focal y"), default=50, validators=(MaxValueValidator(MOST_PERCENT),)
    )
    # Of the file as it was sent (SHA-256): the same file twice is told, and it names the file.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # As it is looked at, whichever way up it was stored.
    width = models.PositiveIntegerField(gettext_lazy("width"), editable=False)
    height = models.PositiveIntegerField(gettext_lazy("height"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="pictures",
        editable=False,
        verbose_name=gettext_lazy("uploaded by"),
    )
    uploaded_at = models.DateTimeField(
        gettext_lazy("uploaded at"), default=timezone.now, editable=False
    )
    # Where the files for readers lie. There is a JPEG in its widest width from the beginning;
    # the others once ``is_complete``.
    folder = models.CharField(max_length=40, editable=False)
    is_complete = models.BooleanField(default=False, editable=False)
    state = models.CharField(
        gettext_lazy("state"),
        max_length=10,
        choices=State.choices,
        default=State.WAITING,
        editable=False,
    )
    # Whoever makes its files has until then; afterwards somebody else may.
    claimed_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = gettext_lazy("picture")
        verbose_name_plural = gettext_lazy("pictures")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(focal_x__lte=MOST_PERCENT, focal_y__lte=MOST_PERCENT),
                name="focal_point_within",
            ),
        )
        indexes = (
            # Reader: renditions, which looks for what waits.
            models.Index(
                fields=["id"], condition=models.Q(state="waiting"), name="picture_waiting"
            ),
        )

    def __str__(self):
        return f"{self.pk}: {self.caption[:80]}"


class Placement(models.Model):
    """That a picture stands in an article's body. Written from its blocks, with them."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="placements"
    )
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="placements")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["article", "picture"], name="one_placement_each"),
        )

    def __str__(self):
        return f"picture {self.picture_id} in article {self.article_id}"
