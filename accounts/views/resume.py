"""The page between a proof and the act that wanted it: what was asked, done only when it is confirmed."""

from datetime import date
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import resolve

from accounts.enums import BlockReason, DisputeOutcome, DoubleVerdict, Language, Role, UnblockReason
from accounts.kept import kept_form
from accounts.models import School
from accounts.requests import SignedInRequest
from accounts.walls import READING, signed_in_view

ACTS: dict[str, str] = {
    "delegation_change": "Modifier une délégation",
    "delegation_give": "Donner une délégation",
    "delegation_reset_key": "Effacer la clé d’une personne",
    "delegation_revoke": "Révoquer une délégation",
    "delegation_search": "Chercher une personne",
    "delegations_renew": "Renouveler des délégations",
    "dispute": "Régler un lien contesté",
    "double_judge": "Examiner un doublon probable",
    "double_merge": "Réunir deux comptes d’un responsable",
    "feed_confirm": "Appliquer une alimentation",
    "feed_drop": "Renoncer à une alimentation",
    "feed_undo": "Annuler une alimentation",
    "feeds": "Déposer une alimentation",
    "freeze": "Geler les mots de passe provisoires",
    "guardian_block": "Bloquer un compte",
    "guardian_edit": "Modifier un compte",
    "guardian_email_link": "Envoyer un lien de confirmation",
    "guardian_notify": "Notifier un compte",
    "guardian_unblock": "Débloquer un compte",
    "guardians_export_chosen": "Exporter la liste des responsables",
    "guardians_notify": "Préparer la notification de responsables",
    "guardians_reminders_chosen": "Imprimer des rappels d’identifiant",
    "guardians_search": "Chercher un responsable",
    "letterhead": "Enregistrer les courriers",
    "letterhead_preview": "Voir un aperçu du courrier",
    "merge_undo": "Annuler une réunion de comptes",
    "notify_selection": "Préparer la notification de comptes",
    "rescue_reset": "Réinitialiser un mot de passe",
    "rescue_reset_selection": "Préparer la réinitialisation de mots de passe",
    "rescue_reveal": "Afficher un mot de passe provisoire",
    "rescue_search": "Chercher un élève",
    "run_cancel": "Arrêter une opération",
    "run_destroy": "Détruire les documents d’une opération",
    "run_launch": "Lancer une opération",
    "run_mails": "Envoyer des liens d’activation par courriel",
    "run_mark": "Noter ce que des courriers sont devenus",
    "run_rest": "Préparer la relance",
    "settings_access": "Modifier les réglages d’accès",
    "settings_passwords": "Modifier les mots de passe lisibles",
    "student_block": "Bloquer un compte",
    "student_edit": "Modifier un compte",
    "student_email_link": "Envoyer un lien de confirmation",
    "student_notify": "Notifier un compte",
    "student_unblock": "Débloquer un compte",
    "students_export_chosen": "Exporter la liste des élèves",
    "students_reminders_chosen": "Imprimer des rappels d’identifiant",
    "students_search": "Chercher un élève",
}
"""What each form of a school's pages does, in the words of its button."""

LABELS: dict[str, str] = {
    "eleve": "Élèves choisis",
    "responsable": "Responsables choisis",
    "classe": "Classes choisies",
    "classrooms": "Classes",
    "chosen": "Délégations choisies",
    "first_name": "Prénom",
    "last_name": "Nom",
    "email": "Adresse électronique",
    "language": "Langue des courriers",
    "role": "Module",
    "reach": "Élèves",
    "starts_on": "À partir du",
    "ends_on": "Jusqu’au",
    "distributed_on": "Date de distribution",
    "q": "Recherche",
    "networks": "Réseau de l’établissement",
    "include_active": "Comptes déjà activés",
    "header": "En-tête",
    "sender": "Expéditeur",
    "contact": "À qui s’adresser",
    "paragraph": "Paragraphe libre",
    "wants_otp": "Clé OTP des enseignants",
    "reason": "Motif",
    "outcome": "Réponse",
    "verdict": "Réponse",
    "note": "Précision",
    "tout": "Portée",
}
COUNTED = ("eleve", "responsable", "classe", "classrooms", "chosen")
WORDS = {Role.FULL.value: Role.FULL.label, Role.SIMPLIFIED.value: Role.SIMPLIFIED.label} | {
    "ecole": "tout l’établissement",
    "classes": "les classes cochées",
    **{language.value: language.label for language in Language},
    **{reason.value: reason.label for reason in (*BlockReason, *UnblockReason, *DisputeOutcome, *DoubleVerdict)},
}
TICKED = {"include_active": "traités aussi", "wants_otp": "demandée", "tout": "tous les résultats"}


@signed_in_view(*READING)
def resume(request: SignedInRequest, name: str) -> HttpResponse:
    """Offer the form again. What it may still do is decided when it is sent: by the walls, as for any other."""
    kept = kept_form(request, name)
    if kept is None:
        raise Http404
    match = resolve(urlsplit(kept.path).path)
    context = {
        "act": ACTS[match.url_name or ""],
        "facts": [
            ("Établissement", School.objects.get(pk=match.kwargs["uai"]).name, "m", "text"),
            *((label, value, "m", "text") for label, value in _typed(kept.fields)),
        ],
        "fields": kept.fields,
        "action_url": kept.path,
        "page_url": kept.page,
    }
    return render(request, "registration/resume.html", context)


def _day(value: str) -> str:
    """A date as the screen writes it; nothing for what is none."""
    try:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    except ValueError:
        return ""


def _typed(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the person typed or chose, in the words of the form; what only the machine reads is left out."""
    told: dict[str, str] = {}
    for name, value in fields:
        if name in COUNTED:
            told[name] = str(sum(1 for other, _ in fields if other == name))
        elif name in LABELS and value:
            told[name] = TICKED.get(name) or WORDS.get(value) or _day(value) or value
    return [(LABELS[name], value) for name, value in told.items()]
