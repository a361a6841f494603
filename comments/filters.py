"""What the moderators' lists in the admin are narrowed down by."""

from django.contrib import admin
from django.utils.translation import gettext_lazy


class TypedFilter(admin.SimpleListFilter):
    """A filter that is typed instead of picked: there are too many people and pages to list."""

    template = "admin/typed_filter.html"

    def lookups(self, request, model_admin):
        # One unused choice; without any the admin leaves the filter out.
        return [("", "")]

    def choices(self, changelist):
        others = {
            key: value
            for key, value in changelist.get_filters_params().items()
            if key != self.parameter_name
        }
        if changelist.query:
            others["q"] = changelist.query
        others = {
            key: value[-1] if isinstance(value, list) else value for key, value in others.items()
        }
        yield {"others": others, "value": self.value() or "", "name": self.parameter_name}


class AuthorFilter(TypedFilter):
    title = gettext_lazy("author's handle")
    parameter_name = "by"

    def queryset(self, request, queryset):
        return queryset.filter(author__handle=self.value()) if self.value() else queryset


class ArticleFilter(TypedFilter):
    title = gettext_lazy("words of the article's title")
    parameter_name = "on"

    def queryset(self, request, queryset):
        return (
            queryset.filter(discussion__title__icontains=self.value())
            if self.value()
            else (queryset)
        )
