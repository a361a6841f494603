"""What editors fill in: an article's body is one text, in the notation of saved pages."""

from django import forms

from articles import markup
from articles.models import Article
from articles.publishing import FIRST_YEAR, LAST_YEAR, MAX_TITLE_LENGTH

_BODY_HELP = (
    "A blank line begins a new paragraph. A paragraph that begins with “- ” names the speaker of "
    "the one before it, which becomes an inset quote."
)


class ArticleForm(forms.ModelForm):
    """An article as its editor sees it. ``body`` and ``credits`` stand for lists in the model."""

    title = forms.CharField(widget=forms.TextInput(attrs={"size": 80}))
    slug = forms.SlugField(
        required=False,
        max_length=Article._meta.get_field("slug").max_length,
        help_text="The address: /articles/SLUG/. Made from the title where it is left empty.",
    )
    lead = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=Article._meta.get_field("lead").help_text,
    )
    body = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "cols": 80}),
        help_text=_BODY_HELP,
    )
    credits = forms.CharField(
        required=False,
        label="Photo credits",
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="One a line. Addresses become links.",
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ("section", "title", "slug", "lead", "status", "published_at")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        self.initial["seen_version"] = self.instance.version
        self.initial["credits"] = "\n".join(self.instance.photo_credits)
        try:
            self.initial["body"] = markup.blocks_as_text(self.instance.blocks)
        except markup.BodyError as error:
            self.fields["body"].disabled = True
            self.fields["body"].help_text = f"{error} So it cannot be changed here."
            self.initial["body"] = "\n\n".join(block["text"] for block in self.instance.blocks)

    def clean_title(self):
        title = self.cleaned_data["title"]
        # An imported title may be longer, and must not keep the rest from being saved.
        if len(title) > MAX_TITLE_LENGTH and title != self.initial.get("title"):
            raise forms.ValidationError(
                f"This title has {len(title)} characters. Use at most {MAX_TITLE_LENGTH}."
            )
        return title

    def clean_published_at(self):
        moment = self.cleaned_data["published_at"]
        # An imported date may be earlier, and must not keep the rest from being saved.
        if moment == self.initial.get("published_at"):
            return moment
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(f"Use a year from {FIRST_YEAR} to {LAST_YEAR}.")
        return moment

    def clean(self):
        cleaned = super().clean()
        article = self.instance
        if article.pk and cleaned.get("seen_version") != article.version:
            raise forms.ValidationError(
                "Somebody else has changed this article since you opened it. Copy what you wrote, "
                "open the article again and bring it in there: nothing has been saved."
            )
        return cleaned

    def changes(self):
        """What was filled in, as arguments of ``publishing``."""
        cleaned = self.cleaned_data
        names = ("section", "title", "lead", "status", "published_at")
        changes = {name: cleaned[name] for name in names}
        lines = (line.strip() for line in cleaned["credits"].split("\n"))
        changes["photo_credits"] = [line for line in lines if line]
        if not self.fields["body"].disabled:
            changes["blocks"] = markup.blocks_from_text(cleaned["body"])
        if cleaned["slug"]:
            changes["slug"] = cleaned["slug"]
        return changes
