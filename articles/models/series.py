"""NEWS: how articles hang together: series, whose parts are read in order, and picks of editors."""

from django.db import models

from articles.models.news import Article

MAX_SERIES_TITLE = 120
MAX_SERIES_SLUG = 80
MAX_SERIES_DESCRIPTION = 1_000


class Series(models.Model):
    """Articles that are read one after the other, on a page of their own."""

    title = models.CharField(max_length=MAX_SERIES_TITLE)
    slug = models.SlugField(
        max_length=MAX_SERIES_SLUG, unique=True, help_text="The address: /series/SLUG/."
    )
    description = models.TextField(
        blank=True,
        max_length=MAX_SERIES_DESCRIPTION,
        help_text="Two or three sentences, shown on its page.",
    )

    class Meta:
        ordering = ("title", "id")
        verbose_name_plural = "series"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/series/{self.slug}/"


class SeriesPart(models.Model):
    """That an article is part of a series. Readers count the parts that they can see."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="series_part"
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="parts", db_index=False
    )
    number = models.PositiveSmallIntegerField(help_text="Small numbers are read first.")

    class Meta:
        ordering = ("number",)
        constraints = (
            # Reader: series, the parts of one in their order.
            models.UniqueConstraint(fields=["series", "number"], name="one_part_a_number"),
        )

    def __str__(self):
        return f"{self.series}, part {self.number}"


class RelatedPick(models.Model):
    """An article that an editor puts beside another one."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="picks", db_index=False
    )
    other = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="picked_beside",
        verbose_name="article",
    )
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            # Reader: related, the picks of an article.
            models.UniqueConstraint(fields=["article", "other"], name="one_pick_once"),
            models.CheckConstraint(
                condition=~models.Q(article=models.F("other")),
                name="no_pick_of_itself",
                violation_error_message="An article is not related to itself.",
            ),
        )

    def __str__(self):
        return f"{self.other}"
