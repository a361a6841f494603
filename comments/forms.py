"""What readers and moderators type."""

import uuid

from django import forms

from comments.screening import MAX_REASON_LENGTH, MAX_TEXT_LENGTH

# What moderators need most; another reason may be written instead.
CANNED_REASONS = (
    "Personal attack",
    "Off topic",
    "Advertising",
    "Hate or incitement",
    "Private information",
    "Accusation without a source",
)


class CommentForm(forms.Form):
    """A comment's text. Length and the like are ``comments.screening``'s to judge."""

    text = forms.CharField(
        label="Your comment",
        required=False,
        strip=False,
        help_text="*emphasis*, **strong**, [a link](https://example.org), `code`, "
        "> quotation, - list.",
        widget=forms.Textarea(attrs={"rows": 6, "data-limit": MAX_TEXT_LENGTH}),
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @classmethod
    def new(cls, text="", slot="top"):
        """An unsent form with a key of its own; ``slot`` keeps ids apart on one page."""
        return cls(initial={"text": text, "submission_key": uuid.uuid4()}, auto_id=f"{slot}-%s")


class EditForm(CommentForm):
    """The text of a comment, and the revision that its author saw."""

    submission_key = None
    revision = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why an author takes their comment away, if they want to say."""

    reason = forms.CharField(
        label="Why you withdraw it",
        help_text="Everybody reads it where your comment was. You need not say anything.",
        required=False,
        max_length=MAX_REASON_LENGTH,
    )


class DraftForm(forms.Form):
    """What somebody typed before signing in."""

    text = forms.CharField(
        label="Your comment",
        required=False,
        strip=False,
        # What the portal would not take afterwards is not kept either, and its writer hears it.
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class ReasonForm(forms.Form):
    """Why a moderator acts. Readers see it, so it is asked for every time."""

    canned = forms.ChoiceField(
        label="Reason",
        required=False,
        choices=[("", "Another, written below"), *((each, each) for each in CANNED_REASONS)],
    )
    own = forms.CharField(
        label="In your own words", required=False, max_length=MAX_REASON_LENGTH, strip=True
    )
    confirmed = forms.CharField(required=False, initial="1", widget=forms.HiddenInput)

    def clean(self):
        if not self.reason():
            raise forms.ValidationError("Say why: pick a reason, or write one.")
        return self.cleaned_data

    def reason(self):
        """The canned reason, the written one, or both in one line."""
        parts = (self.cleaned_data.get("canned", ""), self.cleaned_data.get("own", ""))
        return ": ".join(part for part in parts if part)


class ActForm(ReasonForm):
    """A reason, and the revision of the comment that the moderator saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class SuspensionForm(ReasonForm):
    until = forms.DateTimeField(
        label="Until",
        help_text="Day and time, for example 2026-12-24 18:00.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
