from django.urls import path

from articles import picture_files, views

urlpatterns = [
    path("", views.front_page, name="front-page"),
    path("latest/", views.latest_page, name="latest"),
    path("search/", views.search, name="search"),
    path("sections/<slug:slug>/", views.section_page, name="section"),
    path("preview/<str:token>/", views.preview_page, name="preview"),
    path("tags/<slug:slug>/", views.tag_page, name="tag"),
    path("authors/<slug:slug>/", views.guest_page, name="guest"),
    path("people/<str:handle>/articles/", views.person_articles, name="person-articles"),
    path("articles/<slug:slug>/", views.article_page, name="article"),
    path("media/<path:name>", picture_files.picture_file, name="picture-file"),
]
