"""NEWS: what articles are about, in words that editors choose."""

from django.db import models
from django.utils.translation import gettext_lazy

MAX_TAG_NAME = 60
# The name as it is compared, where some letters become three.
MAX_FOLDED = 3 * MAX_TAG_NAME
MAX_TAG_SLUG = 68
MAX_TAG_DESCRIPTION = 200


class Tag(models.Model):
    """A subject with a page of its own. Two never differ by capitals alone."""

    name = models.CharField(gettext_lazy("name"), max_length=MAX_TAG_NAME)
    # The name without its capitals (``articles.slugs.fold_name``).
    folded = models.CharField(max_length=MAX_FOLDED, unique=True, editable=False)
    slug = models.SlugField(
        gettext_lazy("slug"),
        max_length=MAX_TAG_SLUG,
        unique=True,
        help_text=gettext_lazy("The address: /tags/SLUG/."),
    )
    description = models.CharField(
        gettext_lazy("description"), max_length=MAX_TAG_DESCRIPTION, blank=True
    )
    # Where its articles went; its address leads there. Never to one that was merged itself.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="merged_from",
        null=True,
        blank=True,
        editable=False,
        verbose_name=gettext_lazy("merged into"),
    )

    class Meta:
        verbose_name = gettext_lazy("tag")
        verbose_name_plural = gettext_lazy("tags")
        ordering = ("name", "id")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/tags/{self.slug}/"


class Tagging(models.Model):
    """That an article is about something; small positions say what it is about first."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="taggings"
    )
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")
    position = models.PositiveSmallIntegerField(default=1)
    # The article's own, so that a tag's list is read in the order of an index.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=["article", "tag"], name="one_tag_once"),)
        indexes = (
            # Reader: shelves.by_tag, a tag's page and feed.
            models.Index(fields=["tag", "-published_at", "-article"], name="tagging_by_tag"),
        )

    def __str__(self):
        return f"{self.tag}"
