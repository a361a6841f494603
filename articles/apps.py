from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Newsroom"

    def ready(self):
        autodiscover_modules("catalogue")
