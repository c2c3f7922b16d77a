from django.apps import AppConfig


class ToolkitConfig(AppConfig):
    name = "educonnect_admin.toolkit"
    verbose_name = "Outils"
