"""The desk's view of people. Every change goes through ``accounts.membership``."""

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import membership
from accounts.forms import ClaimForm
from accounts.models import Origin, Role, User
from accounts.real_names import clean_real_name

CLAIM_RIGHT = "accounts.claim_user"
CHANGE_RIGHT = "accounts.change_user"
# What the list's own filters ask for. Any other column would be one to guess by: whether a list is
# empty tells, letter by letter, what is in an address or a password's hash.
LIST_LOOKUPS = frozenset({"role__exact", "origin__exact", "standing"})
# SMTP, DNS and socket errors are all of this kind.
MAIL_FAILED = gettext_lazy(
    "The mail with the link could not be sent. Check EMAIL_URL, then send it again from here."
)


class PersonForm(forms.ModelForm):
    """Says what ``membership`` would refuse, before anything is written."""

    class Meta:
        model = User
        fields = ("handle", "email", "real_name", "role", "is_active")
        widgets: ClassVar = {"real_name": AdminTextInputWidget}

    def clean_real_name(self):
        return self._asked(clean_real_name, self.cleaned_data["real_name"])

    def clean_email(self):
        return self._asked(membership.require_free_address, self.cleaned_data["email"])

    def clean(self):
        typed = super().clean()
        if "handle" in typed and "handle" in self.changed_data:
            role = typed.get("role", Role.READER)
            try:
                membership.require_usable_handle(typed["handle"], role=role, owner=self.instance)
            except ValueError as refusal:
                self.add_error("handle", str(refusal))
        return typed

    def _asked(self, rule, text):
        try:
            return rule(text)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None


class StandingFilter(admin.SimpleListFilter):
    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [
            ("suspended", _("Suspended now")),
            ("unclaimed", _("Imported, not claimed")),
            ("claimed", _("Imported and claimed")),
            ("shut", _("May not sign in")),
        ]

    def queryset(self, request, queryset):
        imported = models.Q(origin=Origin.IMPORTED)
        chosen = {
            "suspended": models.Q(suspended_until__gt=timezone.now()),
            "unclaimed": imported & models.Q(claimed_at__isnull=True),
            "claimed": imported & models.Q(claimed_at__isnull=False),
            "shut": models.Q(is_active=False),
        }.get(self.value())
        return queryset if chosen is None else queryset.filter(chosen)


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    """Moderators and editors look people up; an administrator makes staff and hands names over."""

    form = PersonForm
    list_display = ("handle", "real_name", "role", "origin", "suspended_until", "last_seen")
    list_filter = ("role", "origin", StandingFilter)
    ordering = ("handle",)
    list_per_page = 50
    # Counting everybody once more for a line nobody reads.
    show_full_result_count = False
    readonly_fields: ClassVar[tuple[str, ...]] = (
        "origin",
        "claim",
        "claimed_at",
        "suspended_until",
        "suspension_reason",
        "joined_at",
        "last_seen",
    )

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in LIST_LOOKUPS

    def get_search_fields(self, request):
        # Finding somebody by address would tell a moderator whose address it is.
        fields = ("handle", "real_name")
        return (*fields, "email") if request.user.has_perm(CHANGE_RIGHT) else fields

    def get_fields(self, request, obj=None):
        if obj is None:
            return ("handle", "email", "real_name", "role")
        fields = ("handle", "real_name", "role", "is_active", *self.readonly_fields)
        if request.user.has_perm(CHANGE_RIGHT):
            return ("handle", "email", *fields[1:])
        return tuple(field for field in fields if field != "claim")

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        # An address is changed by whoever reads its mail, and an imported handle by nobody.
        kept = ("email", "handle") if obj.origin == Origin.IMPORTED else ("email",)
        return (*kept, *self.readonly_fields)

    def has_view_permission(self, request, obj=None):
        # Who signs articles picks their makers by name, and sees no more of them.
        picks = request.path.endswith("/autocomplete/")
        if picks and request.user.has_perm("articles.change_byline"):
            return True
        return super().has_view_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        # What somebody wrote would go with them: shut them out instead.
        return False

    @admin.display(description=gettext_lazy("sign-in"))
    def claim(self, person):
        if not person.awaits_claim:
            return _("Signs in with this name.")
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:accounts_user_claim", args=[person.pk]),
            _("Hand this name over to an e-mail address"),
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except membership.MembershipError as refusal:
            # Somebody was quicker between the form's check and the write.
            messages.error(request, str(refusal))
        except OSError:
            messages.error(request, MAIL_FAILED)
        return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request, obj, form, change):
        typed = form.cleaned_data
        if not change:
            person = membership.invite_person(by=request.user, **typed)
            obj.pk = person.pk
            obj._state.adding = False
            obj.refresh_from_db()
            return
        writes = {
            "handle": membership.rename_person,
            "real_name": membership.change_real_name,
            "role": membership.change_role,
        }
        # As stored: the form has written what was typed into obj already.
        person = User.objects.get(pk=obj.pk)
        for field in form.changed_data:
            if field == "is_active":
                membership.allow_sign_in(by=request.user, person=person, allowed=typed[field])
            else:
                writes[field](by=request.user, person=person, **{field: typed[field]})

    def get_urls(self):
        claim = self.admin_site.admin_view(self.claim_view)
        return [path("<int:pk>/claim/", claim, name="accounts_user_claim"), *super().get_urls()]

    def claim_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page that hands an imported name to an address: a form, then the mail."""
        if not request.user.has_perm(CLAIM_RIGHT):
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        form = ClaimForm(request.POST or None, initial={"email": person.email})
        if request.method == "POST" and form.is_valid():
            try:
                membership.claim_person(by=request.user, person=person, **form.cleaned_data)
            except membership.MembershipError as refusal:
                form.add_error("email", str(refusal))
            except OSError:
                form.add_error("email", MAIL_FAILED)
            else:
                # Without the address: whoever may look people up reads this too.
                self.log_change(request, person, "Sent the link that hands this name over.")
                messages.success(
                    request,
                    _("A link to set a password went to %(address)s.")
                    % {"address": form.cleaned_data["email"]},
                )
                return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hand %(handle)s over") % {"handle": person.handle},
            "opts": self.opts,
            "person": person,
            "form": form,
        }
        return render(request, "admin/accounts/user/claim.html", context)
