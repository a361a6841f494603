"""Every address of the portal; the apps say what lies behind theirs."""

from django.contrib import admin
from django.urls import include, path

from newsportal import offline

urlpatterns = [
    path("accounts/", include("accounts.urls")),
    # Before the admin, which answers every address below its own.
    path("admin/moderation/", include("comments.desk_urls")),
    path("admin/", admin.site.urls),
    path("service-worker.js", offline.service_worker, name="service-worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("offline/", offline.offline_page, name="offline"),
    # What people wrote for the paper comes before their own pages, whose addresses may hold
    # anything: a handle with a slash in it is reached by number.
    path("", include("articles.urls")),
    path("", include("comments.urls")),
]

handler400 = "newsportal.views.bad_request"
handler403 = "newsportal.views.forbidden"
handler404 = "newsportal.views.not_found"
handler500 = "newsportal.views.broken"
