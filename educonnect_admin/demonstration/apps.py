from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "educonnect_admin.demonstration"
    verbose_name = "Démonstration"
