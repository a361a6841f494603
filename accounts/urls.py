"""Everything under /accounts/: one's own page, and allauth's under the names allauth knows."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("", views.account_home, name="account-home"),
    path("language/", views.account_language, name="account-language"),
    # Ahead of allauth's own of the same name and path.
    path("signup/", views.sign_up, name="account_signup"),
    path("", include("allauth.account.urls")),
]
