"""Why this person cannot sign in, the one thing to do, what to tell the family. Pure.

Source: product.md, "Help desk".
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.enums import Origin, ShownState
from accounts.models import Account


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Three sentences or so, without any error code."""

    title: str
    happens: str
    todo: str
    say: str


def diagnose(account: Account, shown: ShownState, now: datetime) -> Diagnosis:
    """The plain-words answer for the state that the screen shows."""
    first_name = account.first_name
    cannot, waiting = f"Pourquoi {first_name} ne peut pas se connecter", f"Où en est le compte de {first_name}"
    if shown is ShownState.NOT_NOTIFIED:
        return Diagnosis(
            cannot,
            "Le compte existe, mais aucun mot de passe provisoire n’a encore été donné.",
            "Notifier le compte, puis remettre le courrier ou l’étiquette.",
            f"« {first_name} va recevoir son identifiant et un premier mot de passe. »",
        )
    if shown is ShownState.NOTIFIED:
        until = (
            f"{timezone.localtime(account.provisional_expires_at):%d/%m/%Y}" if account.provisional_expires_at else ""
        )
        return Diagnosis(
            waiting,
            f"Un mot de passe provisoire attend d’être utilisé. Il vaut jusqu’au {until}, à 23 h 59.",
            "Vérifier que le courrier est bien arrivé. S’il est perdu, renotifier : l’ancien cessera de valoir.",
            f"« Le courrier remis à {first_name} donne l’identifiant et le mot de passe à saisir la première fois. »",
        )
    if shown is ShownState.EXPIRED:
        until = (
            f"{timezone.localtime(account.provisional_expires_at):%d/%m/%Y}" if account.provisional_expires_at else ""
        )
        return Diagnosis(
            cannot,
            f"Le mot de passe provisoire n’a pas servi avant le {until} à 23 h 59. Il ne vaut plus rien.",
            "Renotifier le compte, puis remettre le nouveau courrier.",
            f"« Le premier mot de passe a dépassé ses 90 jours. {first_name} en recevra un nouveau ;"
            " l’identifiant ne change pas. »",
        )
    if shown is ShownState.ACTIVATED:
        return _activated(account, now)
    if shown is ShownState.BLOCKED:
        return Diagnosis(
            cannot,
            f"Le compte a été bloqué par l’établissement. Motif : {account.blocked_reason}",
            "Lever d’abord le blocage, puis renotifier : une notification seule ne débloque pas.",
            "« Le compte est suspendu par l’établissement, qui vous dira quand il rouvrira. »",
        )
    if shown is ShownState.LEAVING:
        return Diagnosis(
            cannot,
            f"La personne ne figure plus dans l’alimentation. Le compte sera fermé le {account.closing_on:%d/%m/%Y}.",
            "Si elle est toujours là, corriger la base source : le compte revient avec l’alimentation suivante.",
            "« Le compte est en cours de fermeture ; le nouvel établissement s’en occupe. »",
        )
    return Diagnosis(
        cannot,
        "Ce compte ne permet pas de se connecter aujourd’hui.",
        "Vérifier son état à la prochaine alimentation.",
        "« Nous vérifions et revenons vers vous. »",
    )


def _activated(account: Account, now: datetime) -> Diagnosis:
    if account.origin == Origin.FRANCE_CONNECT:
        return Diagnosis(
            f"Comment {account.first_name} se connecte",
            "Le compte est activé par FranceConnect : il n’a pas de mot de passe ici.",
            "Aucune réinitialisation n’est possible ni utile.",
            "« Connectez-vous par le bouton FranceConnect, avec le compte que vous y utilisez d’habitude. »",
        )
    last = account.last_login_at
    seen = f"Dernière connexion le {timezone.localtime(last):%d/%m/%Y}." if last else "Aucune connexion depuis."
    return Diagnosis(
        f"Si {account.first_name} ne peut plus se connecter",
        f"Le compte est activé : la personne a choisi son propre mot de passe. {seen}",
        "Si le mot de passe est oublié, renotifier le compte : l’ancien mot de passe cessera de valoir.",
        "« Si le mot de passe est oublié, l’établissement peut en donner un nouveau, provisoire. »",
    )
