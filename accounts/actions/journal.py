"""Writing the journal. No entry, no action: it is written in the transaction of what it tells."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import connection
from prometheus_client import Counter

from accounts.models.journal import NO_SCHOOL, JournalEntry


class Event(StrEnum):
    """What the journal tells. The words that the screen shows stand beside, in `EVENT_LABELS`."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    OTP_ENROLLED = "otp_enrolled"
    OTP_REFUSED = "otp_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105  # an event's name
    PASSWORD_LINK_SENT = "password_link_sent"  # noqa: S105  # an event's name
    STAFF_INVITED = "staff_invited"
    STAFF_DISABLED = "staff_disabled"
    OTP_RESET = "otp_reset"
    RECOVERY_CODES_WRITTEN = "recovery_codes_written"
    RECOVERY_CODES_KEPT = "recovery_codes_kept"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODE_REFUSED = "recovery_code_refused"
    SECURITY_KEY_ADDED = "security_key_added"
    SECURITY_KEY_REMOVED = "security_key_removed"
    SECURITY_KEY_REFUSED = "security_key_refused"
    SESSIONS_CLOSED = "sessions_closed"
    MANDATE_GIVEN = "mandate_given"
    MANDATE_CHANGED = "mandate_changed"
    MANDATE_REVOKED = "mandate_revoked"
    ACCESS_REFUSED = "access_refused"
    SCHOOL_ADDED = "school_added"
    FEED_APPLIED = "feed_applied"
    FEED_TAKEN_BACK = "feed_taken_back"
    FEED_UPLOADED = "feed_uploaded"
    FEED_DROPPED = "feed_dropped"
    FEED_VIEWED = "feed_viewed"
    STUDENT_VIEWED = "student_viewed"
    GUARDIAN_VIEWED = "guardian_viewed"
    RUN_REQUESTED = "run_requested"
    RUN_FINISHED = "run_finished"
    RUN_CANCELLED = "run_cancelled"
    RUN_FAILED = "run_failed"
    SCHOOL_FROZEN = "school_frozen"
    ACCOUNT_NOTIFIED = "account_notified"
    ACCOUNT_FROZEN = "account_frozen"
    ACCOUNT_ACTIVATING = "account_activating"
    ACCOUNT_ACTIVATED = "account_activated"
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_UNBLOCKED = "account_unblocked"
    DOUBLE_JUDGED = "double_judged"
    GUARDIANS_MERGED = "guardians_merged"
    GUARDIANS_PARTED = "guardians_parted"
    TIE_DISPUTED = "tie_disputed"
    DISPUTE_SETTLED = "dispute_settled"
    EMAIL_CHANGED = "email_changed"
    LANGUAGE_CHANGED = "language_changed"
    EMAIL_LINK_SENT = "email_link_sent"
    EMAIL_CONFIRMED = "email_confirmed"
    DISTRIBUTION_CORRECTED = "distribution_corrected"
    SECRET_REVEALED = "secret_revealed"  # noqa: S105  # an event's name
    LIST_EXPORTED = "list_exported"
    GUARDIANS_EXPORTED = "guardians_exported"
    FIGURES_EXPORTED = "figures_exported"
    REMINDERS_PRINTED = "reminders_printed"
    DOCUMENT_OPENED = "document_opened"
    PAYLOAD_DESTROYED = "payload_destroyed"
    LETTERS_MARKED = "letters_marked"
    LINKS_ASKED = "links_asked"
    LINK_FAILED = "link_failed"
    LINK_USED = "link_used"
    HOLDER_LINK_SENT = "holder_link_sent"
    HOLDER_CODE_SENT = "holder_code_sent"
    HOLDER_REMINDED = "holder_reminded"
    HOLDER_EMAIL_CHANGED = "holder_email_changed"
    HOLDER_NOT_ME = "holder_not_me"
    HOLDER_PASSWORD_CHOSEN = "holder_password_chosen"  # noqa: S105  # an event's name
    SETTINGS_CHANGED = "settings_changed"
    JOURNAL_VIEWED = "journal_viewed"
    JOURNAL_EXPORTED = "journal_exported"
    JOURNAL_PURGED = "journal_purged"
    PERSON_EXPORTED = "person_exported"
    ACCOUNT_ERASED = "account_erased"
    ACCOUNT_CLOSED = "account_closed"
    SERVICE_CHANGED = "service_changed"
    FRANCE_CONNECT_TIED = "france_connect_tied"
    FRANCE_CONNECT_REFUSED = "france_connect_refused"


EVENT_LABELS: dict[str, str] = {
    Event.SIGNED_IN: "Connexion",
    Event.SIGN_IN_REFUSED: "Connexion refusée",
    Event.OTP_ENROLLED: "Clé OTP enregistrée",
    Event.OTP_REFUSED: "Code de clé OTP refusé",
    Event.SIGNED_OUT: "Déconnexion",
    Event.PASSWORD_CHOSEN: "Mot de passe d’un personnel choisi",
    Event.PASSWORD_LINK_SENT: "Lien de mot de passe envoyé",
    Event.STAFF_INVITED: "Personnel invité",
    Event.STAFF_DISABLED: "Accès d’un personnel fermé",
    Event.OTP_RESET: "Clé OTP effacée",
    Event.RECOVERY_CODES_WRITTEN: "Codes de secours renouvelés",
    Event.RECOVERY_CODES_KEPT: "Codes de secours rangés",
    Event.RECOVERY_CODE_USED: "Code de secours utilisé",
    Event.RECOVERY_CODE_REFUSED: "Code de secours refusé",
    Event.SECURITY_KEY_ADDED: "Clé de sécurité ajoutée",
    Event.SECURITY_KEY_REMOVED: "Clé de sécurité retirée",
    Event.SECURITY_KEY_REFUSED: "Clé de sécurité refusée",
    Event.SESSIONS_CLOSED: "Sessions fermées",
    Event.MANDATE_GIVEN: "Mandat donné",
    Event.MANDATE_CHANGED: "Mandat modifié",
    Event.MANDATE_REVOKED: "Mandat révoqué",
    Event.ACCESS_REFUSED: "Accès refusé",
    Event.SCHOOL_ADDED: "Établissement ajouté",
    Event.FEED_APPLIED: "Alimentation appliquée",
    Event.FEED_TAKEN_BACK: "Alimentation annulée",
    Event.FEED_UPLOADED: "Livraison apportée",
    Event.FEED_DROPPED: "Livraison abandonnée",
    Event.FEED_VIEWED: "Alimentation consultée",
    Event.STUDENT_VIEWED: "Fiche consultée",
    Event.GUARDIAN_VIEWED: "Fiche d’un responsable consultée",
    Event.RUN_REQUESTED: "Opération lancée",
    Event.RUN_FINISHED: "Opération terminée",
    Event.RUN_CANCELLED: "Opération annulée",
    Event.RUN_FAILED: "Opération arrêtée par une erreur",
    Event.SCHOOL_FROZEN: "Mots de passe provisoires gelés",
    Event.ACCOUNT_NOTIFIED: "Compte notifié",
    Event.ACCOUNT_FROZEN: "Mot de passe provisoire annulé, avec tous ceux de l’établissement",
    Event.ACCOUNT_ACTIVATING: "Activation commencée, courrier électronique à confirmer",
    Event.ACCOUNT_ACTIVATED: "Compte activé",
    Event.ACCOUNT_BLOCKED: "Compte bloqué",
    Event.ACCOUNT_UNBLOCKED: "Compte débloqué",
    Event.DOUBLE_JUDGED: "Doublon probable examiné",
    Event.GUARDIANS_MERGED: "Deux comptes d’un responsable réunis",
    Event.GUARDIANS_PARTED: "Réunion de deux comptes annulée",
    Event.TIE_DISPUTED: "Lien de représentant légal contesté, suspendu aussitôt",
    Event.DISPUTE_SETTLED: "Lien contesté réglé",
    Event.EMAIL_CHANGED: "Courrier électronique modifié",
    Event.LANGUAGE_CHANGED: "Langue des courriers modifiée",
    Event.EMAIL_LINK_SENT: "Lien de confirmation envoyé au courrier électronique",
    Event.EMAIL_CONFIRMED: "Courrier électronique confirmé par la personne",
    Event.DISTRIBUTION_CORRECTED: "Date de distribution corrigée",
    Event.SECRET_REVEALED: "Mot de passe provisoire affiché",
    Event.LIST_EXPORTED: "Liste d’élèves exportée",
    Event.GUARDIANS_EXPORTED: "Liste de responsables exportée",
    Event.FIGURES_EXPORTED: "Statistiques emportées en fichier",
    Event.REMINDERS_PRINTED: "Rappel d’identifiant imprimé",
    Event.DOCUMENT_OPENED: "Document ouvert",
    Event.PAYLOAD_DESTROYED: "Mots de passe d’une opération détruits",
    Event.LETTERS_MARKED: "Suivi de courriers",
    Event.LINKS_ASKED: "Liens d’activation envoyés par courriel",
    Event.LINK_FAILED: "Lien d’activation non distribué",
    Event.LINK_USED: "Lien d’activation ouvert par la personne",
    Event.HOLDER_LINK_SENT: "Lien de nouveau mot de passe envoyé à la personne",
    Event.HOLDER_CODE_SENT: "Code de nouveau mot de passe envoyé par SMS à la personne",
    Event.HOLDER_REMINDED: "Identifiant rappelé à la personne, à son adresse confirmée",
    Event.HOLDER_EMAIL_CHANGED: "Courrier électronique changé et confirmé par la personne",
    Event.HOLDER_NOT_ME: "Compte refermé par la personne («\u00a0Ce n’était pas moi\u00a0»)",
    Event.HOLDER_PASSWORD_CHOSEN: "Nouveau mot de passe choisi par la personne",
    Event.SETTINGS_CHANGED: "Réglage modifié",
    Event.JOURNAL_VIEWED: "Journal de l’établissement consulté",
    Event.JOURNAL_EXPORTED: "Journal exporté",
    Event.PERSON_EXPORTED: "Données d’une personne remises (droit d’accès)",
    Event.ACCOUNT_CLOSED: "Compte fermé et rendu anonyme, à la fin de son délai",
    Event.ACCOUNT_ERASED: "Compte effacé (droit à l’effacement)",
    Event.JOURNAL_PURGED: "Entrées du journal de plus d’un an supprimées",
    Event.SERVICE_CHANGED: "Service relié modifié",
    Event.FRANCE_CONNECT_TIED: "Compte relié à FranceConnect par la personne",
    Event.FRANCE_CONNECT_REFUSED: "Connexion par FranceConnect refusée ou interrompue",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which mandate, from where. The system itself has neither."""

    staff_id: int | None = None
    mandate_id: int | None = None
    address: str = ""
    request_id: UUID | None = None


SYSTEM = Actor()

WRITTEN = Counter("console_journal_entries", "Entries written, also by what was undone since.", ["event"])


def record(
    *,
    actor: Actor,
    event: Event,
    uai: str = NO_SCHOOL,
    target: UUID | None = None,
    count: int | None = None,
    detail: str = "",
) -> None:
    """Append an entry to the school's chain (or to the one of no school), in the running transaction.

    `detail` is for words like a document's kind; never a name, never what a person typed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT journal_write(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                uai,
                event.value,
                actor.staff_id,
                actor.mandate_id,
                target,
                count,
                actor.address,
                actor.request_id,
                detail[:300],
            ],
        )
    WRITTEN.labels(event.value).inc()


def record_each(*, actor: Actor, event: Event, uai: str, targets: list[UUID], detail: str = "") -> None:
    """One entry for each target, in one statement: the history of each account tells what a run did to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT journal_write(%s, %s, %s, %s, target, NULL, %s, %s, %s)"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS t (target, place) ORDER BY place",
            [
                uai,
                event.value,
                actor.staff_id,
                actor.mandate_id,
                actor.address,
                actor.request_id,
                detail[:300],
                targets,
            ],
        )
    WRITTEN.labels(event.value).inc(len(targets))


def count_since(since: datetime, *, event: Event, uai: str, target: UUID) -> int:
    """How often this was told of the target since then, in the school's scope: what is to be rare is weighed by it."""
    return JournalEntry.objects.filter(uai=uai, target=target, event=event, at__gt=since).count()
