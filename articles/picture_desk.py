"""The desk's pictures: sent, described and looked for in the admin.

Everything is saved through ``articles.picturing``.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import figures, pictures, picturing
from articles.permissions import can_change_picture
from articles.picture_forms import WORDS, PictureForm, UploadForm
from articles.refusing import RefusableAdmin

# Of a list; the layout gives it as much, so nothing moves when it comes.
THUMBNAIL = figures.Slot("10rem")
PREVIEW = figures.Slot("30rem")


def render_thumbnail(shown):
    """A small picture for the desk."""
    return format_html(
        '<span class="desk-thumb">{}</span>',
        mark_safe(figures.render_picture(shown, THUMBNAIL)),  # made by articles.figures alone
    )


class PictureAdmin(RefusableAdmin):
    form = PictureForm
    list_display = ("thumbnail", "id", "caption", "credit", "licence", "size", "state")
    list_display_links = ("thumbnail", "id")
    list_filter = ("licence", "state", "uploaded_at")
    search_fields = ("caption", "credit", "alt")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("preview", "size", "state", "uses", "uploaded_by", "uploaded_at")
    fields = ("preview", *WORDS)
    # Told of a picture that is there.
    told = ("size", "state", "uses", "uploaded_by", "uploaded_at")

    class Media:
        js = (Script("js/pictures.js", defer=True),)

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or can_change_picture(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or can_change_picture(request.user, obj))

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, picture):
        return render_thumbnail(_shown(picture))

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, picture):
        if picture is None or picture.pk is None:
            # The script shows the file that was chosen here.
            return format_html('<span class="focal" data-focal>{}</span>', _("No file chosen yet."))
        return format_html(
            '<span class="focal" data-focal>{}</span>',
            mark_safe(figures.render_picture(_shown(picture), PREVIEW)),  # made by figures
        )

    @admin.display(description=gettext_lazy("size"))
    def size(self, picture):
        return f"{picture.width} × {picture.height}"

    @admin.display(description=gettext_lazy("shown in"))
    def uses(self, picture):
        links = format_html_join(
            mark_safe("<br>"),
            '<a href="/admin/articles/article/{}/change/">{}</a>',
            ((number, title) for title, number in pictures.uses_of(picture)),
        )
        return links or _("No article yet.")

    def get_fields(self, request, obj=None):
        return (*self.fields, *self.told) if obj else ("file", *self.fields)

    def get_form(self, request, obj=None, change=False, **kwargs):
        if change:
            return super().get_form(request, obj, change=change, **kwargs)
        # ``file`` is no field of the model, which the admin asks a form for.
        kwargs["fields"] = WORDS
        form = super().get_form(request, obj, change=change, form=UploadForm, **kwargs)
        form.examined = getattr(request, "examined", None)
        form.refusal = getattr(request, "refusal", "")
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Looks at a file that was sent before the page's transaction begins."""
        file = request.FILES.get("file") if request.method == "POST" and not object_id else None
        if file is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if not self.has_add_permission(request):
            raise PermissionDenied
        try:
            request.examined = picturing.examine(
                by=request.user, file=file, credit=request.POST.get("credit", "")
            )
        except picturing.PictureError as error:
            request.refusal = str(error)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        finally:
            if hasattr(request, "examined"):
                request.examined.close()

    def save_model(self, request, obj, form, change):
        if change:
            picturing.change_picture(by=request.user, picture=obj, **form.words())
            return
        words = form.words()
        stored = picturing.add_picture(by=request.user, examined=request.examined, **words)
        obj.__dict__.update(stored.__dict__)
        if words["credit"] != request.POST.get("credit", "").strip():
            message = _("The credit was read from the file: %(credit)s. Look whether it fits.") % {
                "credit": words["credit"]
            }
            self.message_user(request, message, messages.WARNING)

    def delete_model(self, request, obj):
        picturing.remove_picture(by=request.user, picture=obj)

    def delete_queryset(self, request, queryset):
        for picture in queryset:
            picturing.remove_picture(by=request.user, picture=picture)


def _shown(picture):
    return figures.Shown(
        picture.pk,
        picture.folder,
        picture.is_complete,
        picture.width,
        picture.height,
        picture.focal_x,
        picture.focal_y,
        picture.alt,
    )
