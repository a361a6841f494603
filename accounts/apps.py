from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from accounts.liveness import look_before_asking
from accounts.patience import give_patience


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self):
        connection_created.connect(give_patience, dispatch_uid="accounts.patience")
        connection_created.connect(look_before_asking, dispatch_uid="accounts.liveness")
