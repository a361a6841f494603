from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = gettext_lazy("Newsroom")

    def ready(self):
        autodiscover_modules("catalogue")
