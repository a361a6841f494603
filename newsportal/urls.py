"""Every address of the portal; the apps say what lies behind theirs."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("accounts.urls")),
    # Before the admin, which answers every address below its own.
    path("admin/moderation/", include("comments.desk_urls")),
    path("admin/", admin.site.urls),
    path("", include("comments.urls")),
    path("", include("articles.urls")),
]

handler400 = "newsportal.views.bad_request"
handler403 = "newsportal.views.forbidden"
handler404 = "newsportal.views.not_found"
handler500 = "newsportal.views.broken"
