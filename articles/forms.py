"""What editors fill in. A body has two fields: as text in the notation of saved pages, and as
HTML for the editor that a script puts in its place. Each says all that the other can.
"""

import re

from django import forms
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from articles import drafts, markup, pictures, tagging, tags, translating
from articles.dating import name_dates
from articles.errors import ArticleError, worded
from articles.models import Article
from articles.permissions import can_begin, can_move, moves_of
from articles.publishing import FIRST_YEAR, LAST_YEAR, MAX_TITLE_LENGTH
from articles.revisions import MAX_WHY_LENGTH

_BODY_HELP = gettext_lazy(
    "A blank line begins a new paragraph. A paragraph that begins with “- ” names the speaker of "
    "the one before it, which becomes an inset quote. A paragraph that says “[picture 17]” is the "
    "picture of that number. What has more form than that is written in HTML, each in a paragraph "
    "of its own that begins with its tag: h2 to h4, ul, ol, table, and p with strong, em and a."
)
# In a posted form: that its body is the HTML of the editor.
_RICH = "rich"
# What a working copy keeps of the byline: the rows that a form can have, by their fields.
_BYLINE_FIELD = re.compile(r"bylines-([0-9]{1,2})-(id|role|person|guest|position|DELETE)")
_NUMBERED = ("section", "lead_picture", "translation_of")
_NUMBER = re.compile(r"[0-9]{0,18}")
_static = lazy(static, str)


def kept_fields(posted):
    """What a working copy keeps of a posted form, by name: all but the body.

    What names a row by its number is kept only where it is one: the form looks it up.
    """
    kept = {}
    for name in sorted(posted):
        found = _BYLINE_FIELD.fullmatch(name)
        value = posted[name].replace("\0", "")
        is_number = name in _NUMBERED or (found and found[2] not in ("role", "DELETE"))
        if (name in _KEPT or found) and (not is_number or _NUMBER.fullmatch(value)):
            kept[name] = value
    return kept


def blocks_of_form(posted):
    """The body of a posted form, whichever of its two fields was written in."""
    if posted.get("written") == _RICH:
        return markup.blocks_from_html(posted.get("rich", ""))
    return markup.blocks_from_text(posted.get("body", "").replace("\0", ""))


def _with_both_bodies(posted):
    """A posted form whose two bodies say the same, so that either editor can go on with it."""
    blocks = blocks_of_form(posted)
    posted = posted.copy()
    posted["rich"] = markup.blocks_as_html(blocks)
    if posted.get("written") == _RICH:
        posted["body"] = markup.blocks_as_text(blocks)
    # Until a script says otherwise, the text is what is written in.
    posted["written"] = ""
    return posted


class TagsInput(forms.TextInput):
    """Names with commas between them; a script offers those there are while one types."""

    class Media:
        js = ("js/tags.js",)

    def get_context(self, name, value, attrs):
        attrs = {**(attrs or {}), "data-tags": reverse("admin:articles_tag_suggest"), "size": 80}
        return super().get_context(name, value, attrs)


class TagsField(forms.CharField):
    """The names of tags, as a list; the first ones say what an article is about first."""

    widget = TagsInput

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        names = [name for name in super().clean(value).split(",") if name.strip()]
        try:
            return tagging.checked_names(names)
        except ArticleError as refused:
            raise forms.ValidationError(str(refused)) from refused


class ArticleForm(forms.ModelForm):
    """An article as its editor sees it. ``body`` and ``credits`` stand for lists in the model."""

    title = forms.CharField(label=gettext_lazy("Title"), widget=forms.TextInput(attrs={"size": 80}))
    slug = forms.SlugField(
        required=False,
        label=gettext_lazy("Slug"),
        max_length=Article._meta.get_field("slug").max_length,
        help_text=gettext_lazy(
            "The address: /articles/SLUG/. Made from the title where it is left empty."
        ),
    )
    lead = forms.CharField(
        required=False,
        label=pgettext_lazy("article", "Lead"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=Article._meta.get_field("lead").help_text,
    )
    body = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("Body"),
        widget=forms.Textarea(
            attrs={
                "rows": 30,
                "cols": 80,
                "data-writing": _static("django_prose_editor/editor.js"),
            },
        ),
        help_text=_BODY_HELP,
    )
    credits = forms.CharField(
        required=False,
        label=gettext_lazy("Photo credits"),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=gettext_lazy("One a line. Addresses become links."),
    )
    why = forms.CharField(
        required=False,
        label=gettext_lazy("What was changed, and why"),
        max_length=MAX_WHY_LENGTH,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=gettext_lazy("Kept with the revision, for the newsroom."),
    )
    tags = TagsField(
        required=False,
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy(
            "With commas between them, the most telling first. New ones are made."
        ),
    )
    rich = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    written = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Who fills it in, and what they had begun and take up again; the admin sets both.
    person = None
    copy = None

    class Media:
        css = {"all": ["css/writing.css"]}  # noqa: RUF012  CONFIG: Django's own convention
        js = [  # noqa: RUF012  CONFIG: as above
            forms.Script("js/writing.js", type="module"),
            forms.Script("js/keeping.js", type="module"),
        ]

    class Meta:
        model = Article
        fields = (
            "section", "title", "slug", "lead", "lead_picture", "status",
            "published_at", "withdraw_at", "embargo_until", "translation_of",
        )  # fmt: skip

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data and _with_both_bodies(data), *args, **kwargs)
        if "status" in self.fields and self.person is not None:
            self.fields["status"].choices = self._states()
        name_dates(self)
        if self.instance.pk is not None:
            self.initial["seen_version"] = self.instance.version
            self.initial["tags"] = tags.names_of(self.instance)
            self.initial["credits"] = "\n".join(self.instance.photo_credits)
            self._show_body(self.instance.blocks)
        if self.copy is not None:
            self._take_up(self.copy)

    def _take_up(self, copy):
        for name, field in self.fields.items():
            if name in _KEPT_FIELDS:
                self.initial[name] = field.widget.value_from_datadict(copy.fields, {}, name)
        self._show_body(copy.blocks)

    def _show_body(self, blocks):
        self.initial["body"] = markup.blocks_as_text(blocks)
        self.initial["rich"] = markup.blocks_as_html(blocks)

    def clean_title(self):
        title = self.cleaned_data["title"]
        # An imported title may be longer, and must not keep the rest from being saved.
        if len(title) > MAX_TITLE_LENGTH and title != self.initial.get("title"):
            raise forms.ValidationError(
                ngettext(
                    "This title has %(number)s character. Use at most %(most)s.",
                    "This title has %(number)s characters. Use at most %(most)s.",
                    len(title),
                )
                % {"number": len(title), "most": MAX_TITLE_LENGTH}
            )
        return title

    def _states(self):
        """The states that are offered: its own, and those into which this person may move it."""
        if self.instance.pk is None:
            # The section is not chosen yet; ``publishing`` asks for the right there.
            found = [Article.Status.DRAFT, Article.Status.DESK, Article.Status.APPROVED,
                     Article.Status.PUBLISHED]  # fmt: skip
        else:
            now = Article.Status(self.instance.status)
            found = [now, *(each for each in moves_of(self.person, self.instance) if each != now)]
        return [(status, status.label) for status in found]

    def clean_body(self):
        body = self.cleaned_data["body"]
        blocks = markup.blocks_from_text(body)
        try:
            markup.check_blocks(blocks)
        except markup.BodyError as error:
            raise forms.ValidationError(worded(error.sentence, error.values)) from error
        if missing := pictures.missing(markup.pictures_in(blocks)):
            raise forms.ValidationError(
                _("There is no picture %(number)s. The list of pictures says their numbers.")
                % {"number": missing[0]}
            )
        return body

    def clean_published_at(self):
        return self._checked_moment("published_at")

    def clean_withdraw_at(self):
        return self._checked_moment("withdraw_at")

    def clean_embargo_until(self):
        return self._checked_moment("embargo_until")

    def _checked_moment(self, name):
        moment, before = self.cleaned_data[name], self.initial.get(name)
        # An imported date may be earlier, and must not keep the rest from being saved. The field
        # shows no fraction of a second, and has not changed it.
        if moment == before or (before and moment == before.replace(microsecond=0)):
            return before
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Use a year from %(first)s to %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return moment

    def clean(self):
        cleaned = super().clean()
        article = self.instance
        if article.pk and cleaned.get("seen_version") != article.version:
            raise forms.ValidationError(
                _(
                    "Somebody else has changed this article since you opened it: nothing has been "
                    "saved. What you wrote stands below and is kept for you. Open the article "
                    "again and take it up there, or bring it in by hand."
                )
            )
        self._check_nobody_else_writes()
        self._check_rights(cleaned)
        self._check_times(cleaned)
        self._check_translation(cleaned)
        return cleaned

    def _check_nobody_else_writes(self):
        if self.instance.pk is None or self.person is None:
            return
        if holder := drafts.holder_of(self.instance, besides=self.person):
            raise forms.ValidationError(
                _(
                    "%(handle)s has this open since %(since)s, last sign of life %(last_seen)s. "
                    "Nothing has been saved; what you wrote stands below. Ask them, or take the "
                    "article over and save again."
                )
                % {"handle": holder.handle, "since": holder.since, "last_seen": holder.last_seen}
            )

    def _check_rights(self, cleaned):
        """What ``publishing`` would refuse, said beside the field; the text is kept."""
        section, status = cleaned.get("section"), cleaned.get("status")
        if self.person is None or section is None or status is None:
            return
        article = self.instance
        if article.pk is None:
            allowed = can_begin(self.person, section.pk, status)
        elif section != article.section:
            allowed = can_begin(self.person, section.pk, status)
            if status != article.status:
                allowed = allowed and can_move(self.person, article, status)
        else:
            allowed = status == article.status or can_move(self.person, article, status)
        if not allowed:
            self.add_error(
                "status",
                _("In %(section)s others of the newsroom do this: hand it in.")
                % {"section": section},
            )

    def _check_times(self, cleaned):
        begins, ends = cleaned.get("published_at"), cleaned.get("withdraw_at")
        if cleaned.get("status") == Article.Status.PUBLISHED and ends is not None:
            begins = max(
                each for each in (begins or timezone.now(), cleaned.get("embargo_until")) if each
            )
            if ends <= begins:
                self.add_error("withdraw_at", _("That is before anybody can read it."))

    def _check_translation(self, cleaned):
        """What ``translating`` would refuse, said beside the field."""
        section, original = cleaned.get("section"), cleaned.get("translation_of")
        if section is None:
            return
        article, language = self.instance, section.language
        try:
            if article.pk is not None and language != article.language:
                translating.check_translations(article, language)
        except ArticleError as refused:
            self.add_error("section", str(refused))
        try:
            if original is not None:
                original = translating.first_original(original)
                translating.check_original(article=article, original=original, language=language)
        except ArticleError as refused:
            self.add_error("translation_of", str(refused))

    _plain = (
        "section", "title", "lead", "lead_picture", "status", "published_at", "withdraw_at",
        "embargo_until", "why",
    )  # fmt: skip

    def changes(self):
        """What was filled in, as arguments of ``publishing``."""
        cleaned = self.cleaned_data
        changes = {name: cleaned[name] for name in self._plain}
        lines = (line.strip() for line in cleaned["credits"].split("\n"))
        changes["photo_credits"] = [line for line in lines if line]
        changes["blocks"] = markup.blocks_from_text(cleaned["body"])
        if cleaned.get("slug"):
            changes["slug"] = cleaned["slug"]
        return changes


class UpdateForm(ArticleForm):
    """The words that a published article will have from a moment on."""

    takes_effect_at = forms.DateTimeField(
        label=gettext_lazy("Readers see it from"),
        help_text=gettext_lazy("Day and time, to the second: for example 2026-12-24 18:00:00."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    slug = None
    _plain = ("title", "lead", "takes_effect_at", "why")
    field_order = ("takes_effect_at", "title", "lead", "body", "credits", "why", "rich")

    class Meta(ArticleForm.Meta):
        fields = ("title", "lead")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        scheduled = getattr(self.instance, "scheduled", None)
        if scheduled is None:
            return
        # What is scheduled already is what is changed.
        words = scheduled.changes()
        self.initial |= {name: words[name] for name in ("title", "lead") if name in words}
        self.initial |= {
            "why": scheduled.why,
            "takes_effect_at": timezone.localtime(scheduled.takes_effect_at).isoformat()[:19],
        }
        if "photo_credits" in words:
            self.initial["credits"] = "\n".join(words["photo_credits"])
        if "blocks" in words:
            self._show_body(words["blocks"])


# A working copy keeps the body as blocks, and which version it was begun from beside them.
_KEPT_FIELDS = frozenset(ArticleForm.base_fields) - {"body", "rich", "written", "seen_version"}
_KEPT = _KEPT_FIELDS | {
    f"{name}_{part}" for name in ("published_at", "withdraw_at", "embargo_until") for part in "01"
}
