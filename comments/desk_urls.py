"""The addresses of the moderation desk, under ``/admin/moderation/``.

Each of them is a page of the admin: whoever has no desk is sent to sign in, or refused.
"""

from django.contrib import admin
from django.urls import path

from comments import desk, discussion_desk, person_desk


def _page(route, view, name):
    return path(route, admin.site.admin_view(view), name=name)


urlpatterns = [
    _page("", desk.first_queue, "desk"),
    _page("queue/<str:name>/", desk.queue, "desk-queue"),
    _page("<int:pk>/", desk.entry, "desk-entry"),
    _page("<int:pk>/release/", desk.release, "desk-release"),
    _page("<int:pk>/note/", desk.note, "desk-note"),
    _page("person/<int:pk>/", person_desk.person, "desk-person"),
    _page("discussion/<int:pk>/", discussion_desk.discussion, "desk-discussion"),
    _page("decide/", desk.decide, "desk-decide"),
    _page("undo/", desk.undo, "desk-undo"),
]
