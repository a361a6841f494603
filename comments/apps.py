from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy

from comments.names import name_models


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = gettext_lazy("Discussions")

    def ready(self):
        # The rule book is a part of the admin, in a module of its own.
        autodiscover_modules("rulebook")
        name_models(self.get_models())
