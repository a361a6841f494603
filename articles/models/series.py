"""NEWS: how articles hang together: series, whose parts are read in order, and picks of editors."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles.models.news import Article

MAX_SERIES_TITLE = 120
MAX_SERIES_SLUG = 80
MAX_SERIES_DESCRIPTION = 1_000


class Series(models.Model):
    """Articles that are read one after the other, on a page of their own."""

    title = models.CharField(pgettext_lazy("series", "title"), max_length=MAX_SERIES_TITLE)
    slug = models.SlugField(
        gettext_lazy("slug"),
        max_length=MAX_SERIES_SLUG,
        unique=True,
        help_text=gettext_lazy("The address: /series/SLUG/."),
    )
    description = models.TextField(
        gettext_lazy("description"),
        blank=True,
        max_length=MAX_SERIES_DESCRIPTION,
        help_text=gettext_lazy("Two or three sentences, shown on its page."),
    )

    class Meta:
        verbose_name = gettext_lazy("series")
        ordering = ("title", "id")
        verbose_name_plural = pgettext_lazy("plural", "series")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/series/{self.slug}/"


class SeriesPart(models.Model):
    """That an article is part of a series. Readers count the parts that they can see."""

    article = models.OneToOneField(
        Article,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="series_part",
        verbose_name=gettext_lazy("article"),
    )
    series = models.ForeignKey(
        Series,
        on_delete=models.PROTECT,
        related_name="parts",
        db_index=False,
        verbose_name=gettext_lazy("series"),
    )
    number = models.PositiveSmallIntegerField(
        gettext_lazy("number"), help_text=gettext_lazy("Small numbers are read first.")
    )

    class Meta:
        verbose_name = gettext_lazy("series part")
        verbose_name_plural = gettext_lazy("series parts")
        ordering = ("number",)
        constraints = (
            # Reader: series, the parts of one in their order.
            models.UniqueConstraint(fields=["series", "number"], name="one_part_a_number"),
        )

    def __str__(self):
        return _("%(series)s, part %(number)s") % {"series": self.series, "number": self.number}


class RelatedPick(models.Model):
    """An article that an editor puts beside another one."""

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="picks",
        db_index=False,
        verbose_name=gettext_lazy("article"),
    )
    other = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="picked_beside",
        verbose_name=gettext_lazy("article"),
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("order", "position"), default=1)

    class Meta:
        verbose_name = gettext_lazy("related pick")
        verbose_name_plural = gettext_lazy("related picks")
        ordering = ("position", "id")
        constraints = (
            # Reader: related, the picks of an article.
            models.UniqueConstraint(fields=["article", "other"], name="one_pick_once"),
            models.CheckConstraint(
                condition=~models.Q(article=models.F("other")),
                name="no_pick_of_itself",
                violation_error_message=gettext_lazy("An article is not related to itself."),
            ),
        )

    def __str__(self):
        return f"{self.other}"
