"""Why this person cannot sign in, the one thing to do, what to tell the family. Pure.

Source: product.md, "Help desk".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.enums import Origin, ShownState
from accounts.models import Account

NOTHING_TO_RESET = "Aucune réinitialisation n’est possible ni utile."
BY_FRANCE_CONNECT = "« Connectez-vous par le bouton FranceConnect, avec le compte que vous y utilisez d’habitude. »"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Three sentences or so, without any error code."""

    title: str
    happens: str
    todo: str
    say: str


def diagnose(account: Account, shown: ShownState) -> Diagnosis:
    """The plain-words answer for the state that the screen shows."""
    return ANSWERS.get(shown, _other)(account)


def _cannot(account: Account) -> str:
    return f"Pourquoi {account.first_name} ne peut pas se connecter"


def _day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}" if moment else ""


def _not_notified(account: Account) -> Diagnosis:
    if account.origin == Origin.FRANCE_CONNECT:
        return Diagnosis(
            f"Comment {account.first_name} se connecte",
            "Le compte passe par FranceConnect : il n’a pas de mot de passe ici. Le blocage qu’il avait est levé.",
            NOTHING_TO_RESET,
            BY_FRANCE_CONNECT,
        )
    return Diagnosis(
        _cannot(account),
        "Le compte existe, mais aucun mot de passe provisoire n’a encore été donné.",
        "Notifier le compte, puis remettre le courrier ou l’étiquette.",
        f"« {account.first_name} va recevoir son identifiant et un premier mot de passe. »",
    )


def _notified(account: Account) -> Diagnosis:
    return Diagnosis(
        f"Où en est le compte de {account.first_name}",
        "Un mot de passe provisoire attend d’être utilisé."
        f" Il vaut jusqu’au {_day(account.provisional_expires_at)}, à 23 h 59.",
        "Vérifier que le courrier est bien arrivé. S’il est perdu ou volé, renotifier : l’ancien cessera de valoir.",
        f"« Le courrier remis à {account.first_name} donne l’identifiant et le mot de passe à saisir"
        " la première fois. »",
    )


def _expired(account: Account) -> Diagnosis:
    return Diagnosis(
        _cannot(account),
        f"Le mot de passe provisoire n’a pas servi avant le {_day(account.provisional_expires_at)} à 23 h 59."
        " Il ne vaut plus rien.",
        "Renotifier le compte, puis remettre le nouveau courrier.",
        f"« Le premier mot de passe a dépassé ses 90 jours. {account.first_name} en recevra un nouveau ;"
        " l’identifiant ne change pas. »",
    )


def _activating(account: Account) -> Diagnosis:
    return Diagnosis(
        _cannot(account),
        "L’activation est commencée : le lien envoyé à l’adresse électronique n’a pas encore été ouvert."
        " Il vaut 24 heures.",
        "Vérifier l’adresse avec la personne, la corriger s’il le faut, puis envoyer de nouveau le message."
        " Sans adresse qui marche, renotifier le compte.",
        "« Ouvrez le message reçu à votre adresse électronique, indésirables compris, et suivez son lien. »",
    )


def _activated(account: Account) -> Diagnosis:
    if account.origin == Origin.FRANCE_CONNECT:
        return Diagnosis(
            f"Comment {account.first_name} se connecte",
            "Le compte est activé par FranceConnect : il n’a pas de mot de passe ici.",
            NOTHING_TO_RESET,
            BY_FRANCE_CONNECT,
        )
    last = account.last_login_at
    seen = f"Dernière connexion le {_day(last)}." if last else "Aucune connexion depuis."
    by_mail = account.email and account.email_confirmed_at
    waiting = account.email and not account.email_confirmed_at
    return Diagnosis(
        f"Si {account.first_name} ne peut plus se connecter",
        f"Le compte est activé : la personne a choisi son propre mot de passe. {seen}"
        + (" Son courrier électronique n’est pas confirmé : il ne sert pas encore à la dépanner." if waiting else ""),
        (
            "Faire utiliser « Mot de passe oublié » : l’adresse est confirmée. Sinon, renotifier le compte."
            if by_mail
            else "Si le mot de passe est oublié, renotifier le compte : l’ancien mot de passe cessera de valoir."
        )
        + " Si quelqu’un d’autre se sert du compte, le bloquer d’abord.",
        (
            "« Sur la page de connexion, choisissez “Mot de passe oublié” : un message arrivera à votre adresse. »"
            if by_mail
            else "« Si le mot de passe est oublié, l’établissement peut en donner un nouveau, provisoire. »"
        ),
    )


def _blocked(account: Account) -> Diagnosis:
    since = f" le {_day(account.blocked_at)}" if account.blocked_at else ""
    return Diagnosis(
        _cannot(account),
        f"Le compte a été bloqué par l’établissement{since}. Motif : {account.blocked_reason}."
        " Il le reste jusqu’à ce que le chef d’établissement ou un agent lève le blocage.",
        "Lever d’abord le blocage, puis renotifier : une notification seule ne débloque pas.",
        "« Le compte est suspendu par l’établissement, qui vous dira quand il rouvrira. »",
    )


def _leaving(account: Account) -> Diagnosis:
    return Diagnosis(
        _cannot(account),
        f"La personne ne figure plus dans l’alimentation. Le compte sera fermé le {account.closing_on:%d/%m/%Y}.",
        "Si elle est toujours là, corriger la base source : le compte revient avec l’alimentation suivante.",
        "« Le compte est en cours de fermeture ; le nouvel établissement s’en occupe. »",
    )


def _other(account: Account) -> Diagnosis:
    return Diagnosis(
        _cannot(account),
        "Ce compte ne permet pas de se connecter aujourd’hui.",
        "Vérifier son état à la prochaine alimentation.",
        "« Nous vérifions et revenons vers vous. »",
    )


ANSWERS: dict[ShownState, Callable[[Account], Diagnosis]] = {
    ShownState.NOT_NOTIFIED: _not_notified,
    ShownState.NOTIFIED: _notified,
    ShownState.EXPIRED: _expired,
    ShownState.ACTIVATING: _activating,
    ShownState.ACTIVATED: _activated,
    ShownState.BLOCKED: _blocked,
    ShownState.LEAVING: _leaving,
}
