from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = "Discussions"

    def ready(self):
        # The rule book is a part of the admin, in a module of its own.
        autodiscover_modules("rulebook")
