"""NEWS: sections, articles and their bylines."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from comments.languages import MAX_LANGUAGE_LENGTH, site_language

MAX_SLUG_LENGTH = 120


class Section(models.Model):
    """A part of the paper with a page of its own."""

    name = models.CharField(gettext_lazy("name"), max_length=60, unique=True)
    slug = models.SlugField(gettext_lazy("slug"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("order", "position"),
        default=100,
        help_text=gettext_lazy("Small numbers come first."),
    )
    description = models.CharField(gettext_lazy("description"), max_length=200, blank=True)
    # A short code, that of the edition which the section and all its articles are in.
    language = models.CharField(
        gettext_lazy("language"), max_length=MAX_LANGUAGE_LENGTH, default=site_language
    )

    class Meta:
        verbose_name = gettext_lazy("section")
        verbose_name_plural = gettext_lazy("sections")
        ordering = ("position", "name")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/sections/{self.slug}/"


class ArticleQuerySet(models.QuerySet):
    def published(self, now=None):
        """What readers may see at ``now``: the one definition of public."""
        now = now or timezone.now()
        return self.filter(
            Q(withdraw_at=None) | Q(withdraw_at__gt=now),
            status=Article.Status.PUBLISHED,
            published_at__lte=now,
        )

    def each_published(self, now=None):
        """Those of a few articles that readers may see at ``now``, each asked by its number.

        Asked for both at once, SQLite goes through all that is published.
        """
        public = Article.objects.published(now).filter(pk=models.OuterRef("pk"))
        return self.filter(models.Exists(public))

    def newest_first(self):
        return self.order_by("-published_at", "-id")


class Article(models.Model):
    """One article. ``blocks`` is its body: the export schema's list, and pictures by number."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("article", "Draft")
        DESK = "desk", pgettext_lazy("article", "At the desk")
        APPROVED = "approved", pgettext_lazy("article", "Approved")
        PUBLISHED = "published", pgettext_lazy("article", "Published")
        WITHDRAWN = "withdrawn", pgettext_lazy("article", "Withdrawn")

    section = models.ForeignKey(
        Section,
        on_delete=models.PROTECT,
        related_name="articles",
        verbose_name=gettext_lazy("section"),
    )
    # Its section's, so that a list by language is read in the order of an index.
    language = models.CharField(
        gettext_lazy("language"),
        max_length=MAX_LANGUAGE_LENGTH,
        default=site_language,
        editable=False,
    )
    # The article that this one is a translation of; never one that is itself a translation. Its
    # index is that of the constraint.
    translation_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=gettext_lazy("translation of"),
        db_index=False,
        help_text=gettext_lazy("The article that this one says in another language."),
    )
    title = models.TextField(gettext_lazy("title"))
    slug = models.SlugField(gettext_lazy("slug"), max_length=MAX_SLUG_LENGTH, unique=True)
    lead = models.TextField(
        pgettext_lazy("article", "lead"),
        blank=True,
        help_text=gettext_lazy("A sentence or two under the title."),
    )
    blocks = models.JSONField(default=list)
    photo_credits = models.JSONField(default=list, blank=True)
    lead_picture = models.ForeignKey(
        "articles.Picture",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="led_articles",
        help_text=gettext_lazy("Stands above the text, and beside the title in lists."),
        verbose_name=gettext_lazy("lead picture"),
    )
    status = models.CharField(
        gettext_lazy("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    # Readers see what is published from the one to the other moment; an embargo moves the first.
    published_at = models.DateTimeField(gettext_lazy("published at"), null=True, blank=True)
    withdraw_at = models.DateTimeField(gettext_lazy("withdraw at"), null=True, blank=True)
    embargo_until = models.DateTimeField(gettext_lazy("embargo until"), null=True, blank=True)
    # The moment that was wished for where an embargo has moved it: it counts again without.
    wished_at = models.DateTimeField(null=True, editable=False)
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Byline", related_name="articles", blank=True
    )
    discussion = models.OneToOneField(
        "comments.Discussion", on_delete=models.PROTECT, related_name="article", editable=False
    )
    # What a list shows under the title: the lead, or the first words of the body.
    summary = models.TextField(blank=True, editable=False)
    # Rendered once by articles.markup when the article was written.
    html = models.TextField(blank=True, editable=False)
    # How long that takes to read, see articles.reading_time.
    reading_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    # Grows with every change that a reader can see: part of the page's ETag.
    version = models.PositiveBigIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(
        gettext_lazy("updated at"), default=timezone.now, editable=False
    )
    # Whether any correction stands: the page of an article that has none does not ask for them.
    has_corrections = models.BooleanField(default=False, editable=False)
    # The file it was imported from, and digests of what the saved page said at the last import:
    # they tell what has changed on the page since, so that the editors' own changes stay.
    source = models.TextField(blank=True, editable=False)
    source_title_digest = models.CharField(max_length=64, blank=True, editable=False)
    source_body_digest = models.CharField(max_length=64, blank=True, editable=False)
    source_comments_digest = models.CharField(max_length=64, blank=True, editable=False)
    # The date that the last import read off the page, if nobody gave one: while it is the
    # article's, the next import reads it anew.
    source_published_at = models.DateTimeField(null=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("article")
        verbose_name_plural = gettext_lazy("articles")
        constraints = (
            # Readers of its index: articles.translations, and articles.translating.
            models.UniqueConstraint(
                fields=["translation_of", "language"],
                condition=Q(translation_of__isnull=False), name="one_translation_a_language",
                violation_error_message=gettext_lazy(
                    "There is a translation into this language already."
                ),
            ),
        )  # fmt: skip
        indexes = (
            # Reader: listings and feeds of one edition, where there are several.
            models.Index(
                fields=["language", "status", "-published_at", "-id"], name="article_by_language"
            ),
            # Reader: listings.latest and the front page.
            models.Index(fields=["status", "-published_at", "-id"], name="article_latest"),
            # Reader: sitemaps.files, what changed lately.
            models.Index(fields=["-updated_at"], name="article_updated"),
            # Reader: listings.section_page.
            models.Index(
                fields=["section", "status", "-published_at", "-id"], name="article_by_section"
            ),
            # Reader: the importer, which looks for the page it has imported before.
            models.Index(fields=["source"], name="article_source"),
            models.Index(fields=["source_title_digest"], name="article_source_title"),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/articles/{self.slug}/"

    @property
    def readable_from(self):
        """From when on readers may see it; None for a draft and for what was withdrawn."""
        return self.published_at if self.status == self.Status.PUBLISHED else None

    def is_published(self, now=None):
        """What ``published`` asks of many, of one that was read."""
        now = now or timezone.now()
        if self.readable_from is None or self.readable_from > now:
            return False
        return self.withdraw_at is None or self.withdraw_at > now


class Byline(models.Model):
    """That a person or a guest made an article: as what, and where they stand among the others."""

    class Role(models.TextChoices):
        # In the order in which a byline names them.
        TEXT = "text", gettext_lazy("Text")
        REPORTING = "reporting", gettext_lazy("Additional reporting")
        PHOTO = "photo", gettext_lazy("Photographs")
        ILLUSTRATION = "illustration", gettext_lazy("Illustrations")
        VIDEO = "video", gettext_lazy("Video")
        GRAPHICS = "graphics", gettext_lazy("Graphics and data")
        TRANSLATION = "translation", gettext_lazy("Translation")
        EDITOR = "editor", gettext_lazy("Editing")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="bylines",
        verbose_name=gettext_lazy("article"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="bylines",
        null=True,
        blank=True,
        verbose_name=gettext_lazy("person"),
    )
    guest = models.ForeignKey(
        "Guest",
        on_delete=models.PROTECT,
        related_name="bylines",
        null=True,
        blank=True,
        verbose_name=gettext_lazy("guest"),
    )
    role = models.CharField(
        gettext_lazy("role"), max_length=12, choices=Role.choices, default=Role.TEXT
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("order", "position"), default=1)
    # Whether it is the first of this article that names them: a list has each article once.
    is_first = models.BooleanField(default=True, editable=False)
    # The article's own, so that a list by author is read in the order of an index.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = gettext_lazy("byline")
        verbose_name_plural = gettext_lazy("bylines")
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["article", "person", "role"], name="one_byline_a_person_and_role"
            ),
            models.UniqueConstraint(
                fields=["article", "guest", "role"], name="one_byline_a_guest_and_role"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, guest__isnull=True)
                | models.Q(person__isnull=True, guest__isnull=False),
                name="byline_names_a_person_or_a_guest",
                violation_error_message=gettext_lazy("Name a person or a guest, one of them."),
            ),
        )
        indexes = (
            # Reader: shelves.ByAuthor, an author's page and feed; partial, for SQLite does not
            # search an index by a bare truth.
            models.Index(
                fields=["person", "-published_at", "-article"],
                condition=models.Q(is_first=True),
                name="byline_by_person",
            ),
            models.Index(
                fields=["guest", "-published_at", "-article"],
                condition=models.Q(is_first=True),
                name="byline_by_guest",
            ),
        )

    def __str__(self):
        return f"{self.person or self.guest}"
