"""What articles are put under, in the admin: guests, tags, series; and what machines are told.

Everything is saved through the write functions; nothing is deleted here.
"""

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles import crediting, grouping, machine_files, tagging, tags
from articles.errors import ArticleError
from articles.models import Guest, MachineFile, Series, Tag
from articles.permissions import can_publish_anywhere, can_set_site, can_write, require_writer
from articles.refusing import RefusableAdmin
from articles.slugs import fold_name


class KeptAdmin(RefusableAdmin):
    """A list of what editors make and change, and nobody deletes."""

    list_per_page = 100
    show_full_result_count = False

    def has_view_permission(self, request, obj=None):
        return can_write(request.user)

    has_module_permission = has_view_permission

    def has_change_permission(self, request, obj=None):
        # Articles of all sections share them.
        return can_publish_anywhere(request.user)

    def has_add_permission(self, request):
        return can_write(request.user)

    def has_delete_permission(self, request, obj=None):
        return False


class GuestForm(forms.ModelForm):
    slug = forms.SlugField(
        required=False,
        label=gettext_lazy("Slug"),
        max_length=Guest._meta.get_field("slug").max_length,
        help_text=gettext_lazy(
            "The address: /authors/SLUG/. Made from the name where it is left empty."
        ),
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


class TagForm(forms.ModelForm):
    class Meta:
        model = Tag
        fields = ("name", "slug", "description")

    def clean_name(self):
        [name] = _checked(self.cleaned_data["name"])
        others = Tag.objects.filter(folded=fold_name(name)).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("There is a tag of this name. Merge the two instead."))
        return name


def _checked(name):
    try:
        return tagging.checked_names([name])
    except ArticleError as refused:
        raise forms.ValidationError(str(refused)) from refused


class MergeForm(forms.Form):
    """Which of the chosen tags stays."""

    into = forms.ModelChoiceField(
        label=gettext_lazy("Which one stays?"),
        queryset=None,
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args, chosen, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = chosen


@admin.register(Tag)
class TagAdmin(KeptAdmin):
    form = TagForm
    list_display = ("name", "slug", "description", "merged_into")
    list_select_related = ("merged_into",)
    search_fields = ("name", "slug")
    ordering = ("name", "id")
    actions = ("merge_chosen",)

    def has_add_permission(self, request):
        # A tag is made by writing it at an article.
        return False

    def save_model(self, request, obj, form, change):
        stored = Tag.objects.get(pk=obj.pk)
        tagging.change_tag(by=request.user, tag=stored, **form.cleaned_data)

    def get_urls(self):
        suggest = self.admin_site.admin_view(self.suggest_view)
        return [path("suggest/", suggest, name="articles_tag_suggest"), *super().get_urls()]

    def suggest_view(self, request):
        """The names that begin with ``?q=``, for whoever types one at an article."""
        require_writer(request.user)
        return JsonResponse({"names": tags.suggested(request.GET.get("q", ""))})

    @admin.action(
        description=gettext_lazy("Merge the chosen tags into one"), permissions=["change"]
    )
    def merge_chosen(self, request, queryset):
        chosen = queryset.filter(merged_into=None).order_by("name", "id")
        form = MergeForm(request.POST if "confirmed" in request.POST else None, chosen=chosen)
        if form.is_bound and form.is_valid():
            into = form.cleaned_data["into"]
            try:
                merged = tagging.merge_tags(by=request.user, tags=chosen, into=into)
            except ArticleError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.message_user(
                    request,
                    ngettext(
                        "%(number)s tags were merged into “%(into)s”.",
                        "%(number)s tags were merged into “%(into)s”.",
                        int(merged),
                    )
                    % {"number": int(merged), "into": into},
                    messages.SUCCESS,
                )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge tags"),
            "opts": self.opts,
            "form": form,
            "action": "merge_chosen",
            "chosen": list(chosen.values_list("pk", flat=True)),
            "back": reverse("admin:articles_tag_changelist"),
        }
        return TemplateResponse(request, "admin/articles/tag/merge.html", context)


class SeriesForm(forms.ModelForm):
    slug = forms.SlugField(
        required=False,
        label=gettext_lazy("Slug"),
        max_length=Series._meta.get_field("slug").max_length,
        help_text=gettext_lazy(
            "The address: /series/SLUG/. Made from the title where it is left empty."
        ),
    )

    class Meta:
        model = Series
        fields = ("title", "slug", "description")

    def clean_slug(self):
        # An address that is there stays: nobody empties it by accident.
        slug = self.cleaned_data["slug"] or self.instance.slug
        taken = Series.objects.filter(slug=slug).exclude(pk=self.instance.pk)
        if slug and taken.exists():
            raise forms.ValidationError(
                _("Another series has the address “%(slug)s”.") % {"slug": slug}
            )
        return slug

    def clean_title(self):
        try:
            return grouping.checked_title(self.cleaned_data["title"])
        except ArticleError as refused:
            raise forms.ValidationError(str(refused)) from refused


@admin.register(Series)
class SeriesAdmin(KeptAdmin):
    form = SeriesForm
    list_display = ("title", "slug")
    search_fields = ("title", "slug")

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored."""
        words = {name: form.cleaned_data[name] for name in ("title", "slug", "description")}
        if change:
            stored = Series.objects.get(pk=obj.pk)
            grouping.change_series(by=request.user, series=stored, **words)
        else:
            stored = grouping.open_series(by=request.user, **words)
        obj.__dict__.update(stored.__dict__)


class MachineFileForm(forms.ModelForm):
    class Meta:
        model = MachineFile
        fields = ("name", "text")
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 25, "cols": 80})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["name"].disabled = True

    def clean(self):
        typed = super().clean()
        if "name" in typed and "text" in typed:
            try:
                machine_files.checked_text(typed["name"], typed["text"])
            except ArticleError as refused:
                self.add_error("text", str(refused))
        return typed


@admin.register(MachineFile)
class MachineFileAdmin(KeptAdmin):
    """Administrators alone: a line in robots.txt takes the whole paper off the search engines."""

    form = MachineFileForm
    list_display = ("name", "changed_at")

    def has_view_permission(self, request, obj=None):
        return can_set_site(request.user)

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return can_set_site(request.user)

    def save_model(self, request, obj, form, change):
        name = form.cleaned_data["name"]
        machine_files.write_file(by=request.user, name=name, text=form.cleaned_data["text"])
        obj.__dict__.update(MachineFile.objects.get(name=name).__dict__)
