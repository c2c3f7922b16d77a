"""The words of the house that are choices. Values are stored; labels are what the screen shows."""

from django.db.models import TextChoices


class AccountState(TextChoices):
    """What is stored (product.md, "Accounts and their life")."""

    NOT_NOTIFIED = "not_notified", "Non notifié"
    NOTIFIED = "notified", "Notifié"
    ACTIVATING = "activating", "En cours d’activation"
    ACTIVATED = "activated", "Activé"
    BLOCKED = "blocked", "Bloqué"
    CLOSED = "closed", "Fermé"


class ShownState(TextChoices):
    """What is shown: the stored states and two that are derived, never stored."""

    NOT_NOTIFIED = "not_notified", "Non notifié"
    NOTIFIED = "notified", "Notifié"
    ACTIVATING = "activating", "En cours d’activation"
    EXPIRED = "expired", "Notification expirée"
    ACTIVATED = "activated", "Activé"
    BLOCKED = "blocked", "Bloqué"
    LEAVING = "leaving", "Suppression programmée"
    CLOSED = "closed", "Fermé"


class Origin(TextChoices):
    """How an account was activated."""

    NOTIFICATION = "notification", "Notification"
    SELF_SERVICE = "self_service", "Auto-inscription"
    FRANCE_CONNECT = "france_connect", "FranceConnect"
    ATEN = "aten", "ATEN"


class Population(TextChoices):
    """Whose accounts."""

    STUDENTS = "students", "élèves"
    GUARDIANS = "guardians", "responsables"


class Language(TextChoices):
    """Languages of families, beside French. The same as `notifications.rendering.words.LANGUAGES`."""

    ENGLISH = "en", "anglais"
    ARABIC = "ar", "arabe"
    UKRAINIAN = "uk", "ukrainien"
    PORTUGUESE = "pt", "portugais"
    TURKISH = "tr", "turc"
    SPANISH = "es", "espagnol"


class BlockReason(TextChoices):
    """Why staff shut an account. The journal keeps the value."""

    STOLEN = "stolen", "Compte utilisé par une autre personne"
    MISUSE = "misuse", "Usage contraire au règlement"
    ASKED = "asked", "À la demande de la personne ou de sa famille"
    OTHER = "other", "Autre motif"


class UnblockReason(TextChoices):
    """Why staff open it again."""

    SETTLED = "settled", "La situation est réglée"
    MISTAKE = "mistake", "Le compte avait été bloqué par erreur"


class DisputeOutcome(TextChoices):
    """How the school settled what a guardian said of a tie. The journal keeps the value."""

    CORRECTED = "corrected", "La base source a été corrigée"
    RIGHT = "right", "Le lien est exact"


class DoubleVerdict(TextChoices):
    """What the school said of two accounts that may be one person's."""

    DISTINCT = "distinct", "Ce ne sont pas les mêmes"
    HANDED = "handed", "Remis à la famille"


class Clue(TextChoices):
    """What two guardians of one name share; `accounts.settling` weighs it. An address alone is no clue."""

    CHILD = "child", "un élève en commun"
    EMAIL = "email", "le même courrier électronique"
    MOBILE = "mobile", "le même mobile"
    ADDRESS = "address", "la même adresse postale"


class LinkState(TextChoices):
    """Where the link of a mail stands that goes in place of a letter."""

    WAITING = "waiting", "En attente"
    SENT = "sent", "Envoyé"
    USED = "used", "Lien ouvert"
    FAILED = "failed", "Non distribué"


class Relation(TextChoices):
    """What a person related to a pupil is, in law (formats.md 1.4)."""

    LEGAL = "legal", "Représentant légal"
    IN_CHARGE = "in_charge", "Personne en charge"
    CONTACT = "contact", "Contact"
    SELF = "self", "L’élève lui-même"


class SourceSystem(TextChoices):
    """The base that a feed comes from."""

    AAF = "AAF", "AAF"
    ONDE = "ONDE", "ONDE"
    SIECLE = "SIECLE", "SIECLE"


class FeedState(TextChoices):
    """How far a school's part of a delivery is."""

    WAITING = "waiting", "Lecture en cours"
    READY = "ready", "À confirmer"
    APPLYING = "applying", "Application en cours"
    APPLIED = "applied", "Appliquée"
    REFUSED = "refused", "Refusée"
    DROPPED = "dropped", "Abandonnée"
    TAKEN_BACK = "taken_back", "Annulée"


class Volume(TextChoices):
    """What is counted, and capped, an hour (product.md, "Caps an hour"). The label follows a figure."""

    PERSONS = "persons", "pages de personnes ouvertes"
    ACCOUNTS = "accounts", "comptes mis dans des opérations"
    EXPORTS = "exports", "exports"
    REVEALS = "reveals", "mots de passe affichés"
    SEARCHES = "searches", "recherches"


class Role(TextChoices):
    """What a mandate makes of a person; the label is also the name of the Django group."""

    HEAD = "head", "Chef d’établissement"
    FULL = "full", "Module complet"
    SIMPLIFIED = "simplified", "Module simplifié"


class Assurance(TextChoices):
    """How well the person of this request is known, at this request."""

    PASSWORD = "password", "mot de passe"
    NETWORK = "network", "mot de passe, depuis le réseau administratif"
    OTP = "otp", "clé OTP"
