"""What readers and moderators type."""

import uuid

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.appeals import MAX_APPEAL_LENGTH
from comments.models import Report
from comments.reporting import MAX_NOTE_LENGTH
from comments.rules import offered_reasons
from comments.screening import MAX_REASON_LENGTH, MAX_TEXT_LENGTH
from comments.wording import number_text

# A sentence with a number in it, said only when a page is printed.
_lazily = lazy(lambda say: say(), str)


class CommentForm(forms.Form):
    """A comment's text. Length and the like are ``comments.screening``'s to judge."""

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "*emphasis*, **strong**, [a link](https://example.org), `code`, > quotation, - list."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "data-limit": MAX_TEXT_LENGTH}),
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # Set once its writer has been told that it would wait for a moderator in these words.
    as_it_is = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def insist(self):
        """What is sent next is posted as it is, even if it has to wait then."""
        self.data = self.data.copy()
        self.data["as_it_is"] = "1"

    @classmethod
    def new(cls, text="", slot="top"):
        """An unsent form with a key of its own; ``slot`` keeps ids apart on one page."""
        return cls(initial={"text": text, "submission_key": uuid.uuid4()}, auto_id=f"{slot}-%s")


class EditForm(CommentForm):
    """The text of a comment, and the revision that its author saw."""

    submission_key = None
    as_it_is = None
    revision = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why an author takes their comment away, if they want to say."""

    reason = forms.CharField(
        label=gettext_lazy("Why you withdraw it"),
        help_text=gettext_lazy(
            "Everybody reads it where your comment was. You need not say anything."
        ),
        required=False,
        max_length=MAX_REASON_LENGTH,
    )


class DraftForm(forms.Form):
    """What somebody typed before signing in."""

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        strip=False,
        # What the portal would not take afterwards is not kept either, and its writer hears it.
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class ReasonForm(forms.Form):
    """Why a moderator acts. Readers see it, so it is asked for every time."""

    canned = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
    )
    own = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=MAX_REASON_LENGTH,
        strip=True,
    )
    confirmed = forms.CharField(required=False, initial="1", widget=forms.HiddenInput)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        # Moderators change them. Read now: what a page shows is not asked for while it is printed.
        canned = [(text, said) for text, said, _rule in offered_reasons()]
        self.fields["canned"].choices = [("", _("Another, written below")), *canned]

    def clean(self):
        if not self.reason():
            raise forms.ValidationError(_("Say why: pick a reason, or write one."))
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
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Day and time, for example 2026-12-24 18:00."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class ReportForm(forms.Form):
    """What is wrong with a comment. How long the note may be is ``reporting``'s to judge."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is wrong with this comment.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What moderators should know"),
        help_text=_lazily(
            lambda: (
                _("Only they read it, at most %(most)s characters.")
                % {"most": number_text(MAX_NOTE_LENGTH)}
            )
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AppealForm(forms.Form):
    """Why a decision is wrong. Its length is ``appeals``' to judge."""

    text = forms.CharField(
        label=gettext_lazy("Why the decision is wrong"),
        help_text=_lazily(
            lambda: _("At most %(most)s characters.") % {"most": number_text(MAX_APPEAL_LENGTH)}
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class NoticeForm(forms.Form):
    """What the law asks of a notice of illegal content."""

    explanation = forms.CharField(
        label=gettext_lazy("Which law does it break, and why?"),
        help_text=gettext_lazy("So exactly that somebody who is no lawyer can decide."),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        help_text=gettext_lazy(
            "You are told that your notice came, and what was decided. Nobody else sees it."
        ),
    )
    good_faith = forms.BooleanField(
        label=gettext_lazy("What I say here is, as far as I know, correct and complete."),
        error_messages={
            "required": gettext_lazy("Confirm that what you say is correct and complete.")
        },
    )
