"""What becomes of a form in the admin whose write is refused."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect

from articles.errors import ArticleError


class RefusableAdmin(admin.ModelAdmin):
    """Says why a write was refused after its form had been looked through: somebody was quicker.

    Nothing of it is stored, as the page is one transaction; the form is opened again.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ArticleError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.form_after_refusal(request, object_id))

    def form_after_refusal(self, request, object_id):
        """Where the form is; with what stood in it, if that can be kept."""
        return request.get_full_path()
