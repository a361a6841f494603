from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class NewsportalConfig(AppConfig):
    name = "newsportal"
    default = True


class PortalAdminConfig(admin_apps.AdminConfig):
    """The stock admin, with the portal's own sign-in in front of it."""

    default = False
    default_site = "newsportal.admin_site.PortalAdminSite"
