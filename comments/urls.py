from django.urls import path

from comments import views

urlpatterns = [
    path("comments/<int:pk>/", views.comment_permalink, name="comment-permalink"),
    path("comments/<int:pk>/thread/", views.comment_thread, name="comment-thread"),
    path("comments/<int:pk>/reply/", views.comment_reply, name="comment-reply"),
    path("comments/<int:pk>/edit/", views.comment_edit, name="comment-edit"),
    path("comments/<int:pk>/withdraw/", views.comment_withdraw, name="comment-withdraw"),
    path("discussions/<int:pk>/post/", views.discussion_post, name="discussion-post"),
    path("discussions/<int:pk>/draft/", views.discussion_draft, name="discussion-draft"),
    path("people/<path:handle>/", views.person_page, name="person"),
]
