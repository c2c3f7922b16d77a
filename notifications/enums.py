"""The words of runs."""

from django.db.models import TextChoices


class RunKind(TextChoices):
    """What a run does."""

    NOTIFY = "notify", "Notification"
    RESET = "reset", "Réinitialisation"


class RunState(TextChoices):
    """Where a run stands. A draft is the page before the run: its accounts are chosen, nothing is done."""

    DRAFT = "draft", "À confirmer"
    PENDING = "pending", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminée"
    CANCELLED = "cancelled", "Annulée"
    FAILED = "failed", "Arrêtée"


ACTIVE = (RunState.PENDING, RunState.RUNNING)


class Delivery(TextChoices):
    """What became of a letter once it was printed, as staff marked it by its code."""

    HANDED = "handed", "Remis"
    RETURNED = "returned", "Revenu"
