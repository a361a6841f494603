"""The stock Django admin, entered through the portal's own sign-in."""

from functools import wraps

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from comments import queues
from comments.permissions import can_moderate

# Django's own sentences around the name of a model. Its Russian ones want another case or another
# gender than most names have; those of our catalogue, which is asked first, want none.
DJANGOS = (
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
)


class PortalAdminSite(admin.AdminSite):
    site_header = settings.SITE_NAME
    site_title = settings.SITE_NAME
    index_title = _("Desk")

    def admin_view(self, view, cacheable=False):
        """Every page of the admin, behind one check that PostgreSQL would answer with an error."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def without_nul(request, *args, **kwargs):
            # No text in a database has it, so no filter or search can mean it.
            if any("\0" in value for values in request.GET.lists() for value in values[1]):
                raise BadRequest("The address has a NUL in it.")
            return guarded(request, *args, **kwargs)

        return without_nul

    def index(self, request, extra_context=None):
        return super().index(request, _with_waiting(request, extra_context))

    def app_index(self, request, app_label, extra_context=None):
        return super().app_index(request, app_label, _with_waiting(request, extra_context))

    def login(self, request, extra_context=None):
        """Sends to the portal's sign-in, which limits attempts; refuses those without a desk."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            target = "/admin/"
        return redirect_to_login(target)


def _with_waiting(request, context):
    """How much waits for a moderator, for the pages that lead to the desk. One query there."""
    waiting = queues.waiting_label(request.user) if can_moderate(request.user) else ""
    return {"moderation_waiting": waiting} | (context or {})
