"""What articles are put under, in the admin: guests.

Everything is saved through the write functions; nothing is deleted here.
"""

from django import forms
from django.contrib import admin

from articles import crediting
from articles.models import Guest
from articles.permissions import can_write


class KeptAdmin(admin.ModelAdmin):
    """A list of what editors make and change, and nobody deletes."""

    list_per_page = 100
    show_full_result_count = False

    def has_view_permission(self, request, obj=None):
        return can_write(request.user)

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return can_write(request.user)

    def has_delete_permission(self, request, obj=None):
        return False


class GuestForm(forms.ModelForm):
    slug = forms.SlugField(
        required=False,
        max_length=Guest._meta.get_field("slug").max_length,
        help_text="The address: /authors/SLUG/. Made from the name where it is left empty.",
    )

    class Meta:
        model = Guest
        fields = ("name", "slug", "biography")

    def clean_slug(self):
        # A guest keeps an address once they have one.
        return self.cleaned_data["slug"] or self.instance.slug


@admin.register(Guest)
class GuestAdmin(KeptAdmin):
    form = GuestForm
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    ordering = ("name", "id")

    def save_model(self, request, obj, form, change):
        typed = {name: form.cleaned_data[name] for name in ("name", "slug", "biography")}
        if change:
            stored = Guest.objects.get(pk=obj.pk)
            crediting.change_guest(by=request.user, guest=stored, **typed)
        else:
            stored = crediting.create_guest(by=request.user, **typed)
        obj.__dict__.update(stored.__dict__)
