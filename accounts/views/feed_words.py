"""What a delivery's report says, in the words of the screen: each reason with what to correct where."""

from typing import Any

from accounts.actions.feeds import Obstacle, StopReason
from accounts.actions.feeds.result import Hindrance
from accounts.feeds.report import Reason, Refused

SOURCES = {
    "AAF": "dans la base source (SIECLE ou ONDE)",
    "SIECLE": "dans SIECLE",
    "ONDE": "dans ONDE",
    "": "dans la source",
}

REASONS: dict[str, str] = {
    Reason.AMBIGUOUS_CHILD: "Plusieurs élèves portent ces noms\u00a0: le rattachement n’est pas fait",
    Reason.BIRTH_DATE_BAD_SHAPE: "Date de naissance mal écrite",
    Reason.BIRTH_DATE_EMPTY: "Date de naissance manquante",
    Reason.BIRTH_DATE_IMPOSSIBLE: "Date de naissance impossible",
    Reason.CHARACTER_LOST: "Caractère perdu à la source («\u202f?\u00a0»)",
    Reason.CHILD_ABSENT: "Enfant absent du fichier des élèves",
    Reason.CLASS_MALFORMED: "Classe mal écrite",
    Reason.FIRST_NAME_EMPTY: "Prénom manquant",
    Reason.HOMONYM_GUARDIANS: "Responsables homonymes, jamais réunis",
    Reason.HOMONYM_STUDENTS: "Élèves homonymes dans l’établissement",
    Reason.HOMONYMS_BY_CLASS: "Homonymes distingués par la classe seule\u00a0: à vérifier",
    Reason.IDENTIFIER_BAD_SHAPE: "Identifiant absent ou trop long",
    Reason.INACTIVE: "Division «\u00a0Inactifs\u00a0»\u00a0: élève sans classe",
    Reason.INE_BAD_SHAPE: "INE mal écrit",
    Reason.INE_BEA_WRONG_KEY: "Clé de l’INE fausse",
    Reason.INE_EMPTY: "INE manquant",
    Reason.INE_REPEATED: "INE porté par plusieurs élèves\u00a0: il ne sert à reconnaître aucun d’eux",
    Reason.INE_RNIE_WRONG_KEY: "Clé de l’INE fausse",
    Reason.INE_UNKNOWN_FAMILY: "INE d’une forme inconnue",
    Reason.INVISIBLE_CHARACTER: "Caractère invisible, retiré",
    Reason.LEAVES_LATER: "Sortie à venir\u00a0: l’élève est encore là",
    Reason.LEFT: "Sorti de l’établissement\u00a0: pas de compte",
    Reason.LEVEL_1_TWICE: "Deux responsables de niveau 1",
    Reason.MAIL_NOT_USABLE: "Adresse électronique inutilisable",
    Reason.MOBILE_NOT_USABLE: "Numéro de mobile inutilisable",
    Reason.MODIFIED_UNKNOWN: "Changement d’une fiche inconnue",
    Reason.MORE_THAN_TWO_LEGAL: "Plus de deux représentants légaux",
    Reason.NAME_EMPTY: "Nom manquant",
    Reason.NAME_TOO_LONG: "Nom trop long",
    Reason.NO_MEF: "Formation (MEF) manquante",
    Reason.NO_SEX: "Sexe manquant",
    Reason.OTHER_SCRIPT: "Lettres d’un autre alphabet",
    Reason.OWN_GUARDIAN: "Élève son propre responsable\u00a0: pas de second compte",
    Reason.PERSON_ABSENT: "Rattachement à une personne absente du fichier",
    Reason.PERSON_ALONE: "Personne sans rattachement",
    Reason.POSSIBLE_DOUBLE: "Doublon possible, non réuni",
    Reason.PUPIL_ABSENT: "Rattachement à un élève absent du fichier",
    Reason.RELATION_DANGLING: "Rattachement à une personne inconnue",
    Reason.RELATION_LEVELLESS: "Rattachement sans niveau de responsabilité",
    Reason.RELATION_MALFORMED: "Rattachement mal écrit",
    Reason.RELATION_TWICE: "Même personne deux fois pour un élève",
    Reason.REMOVED_UNKNOWN: "Suppression d’une fiche inconnue",
    Reason.SAME_PERSON: "Même personne sur deux lignes, réunie",
    Reason.SHARED_CONTACT: "Adresse ou mobile commun à deux responsables",
    Reason.TWO_DIVISIONS: "Deux divisions\u00a0: la première est gardée",
    Reason.UAI_BAD_SHAPE: "UAI mal écrit",
    Reason.UAI_WRONG_KEY: "Clé de l’UAI fausse",
    Reason.UNKNOWN_ATTRIBUTE: "Attribut inconnu, ignoré",
    Reason.UNKNOWN_LINK: "Lien de parenté inconnu",
    Reason.VALUE_TOO_LONG: "Valeur trop longue, écartée",
    Reason.WITHOUT_CLASS: "Élève sans classe",
    Reason.WITHOUT_DIVISION: "Élève sans division",
    Reason.WITHOUT_GUARDIAN: "Élève sans responsable",
    Reason.WITHOUT_LEGAL_GUARDIAN: "Élève sans représentant légal",
}

REFUSALS: dict[str, str] = {
    Refused.ARCHIVE_DAMAGED: "L’archive est abîmée ou incomplète.",
    Refused.ARCHIVE_UNSAFE: "L’archive contient un fichier qui n’a pas le droit d’y être.",
    Refused.BAD_ENCODING: "Le fichier contient des caractères que son codage n’a pas.",
    Refused.DELTA_REQUEST: "Une livraison complète contient une demande de changement.",
    Refused.EMPTY: "Le fichier est vide.",
    Refused.ENTITIES: "Le fichier déclare des entités, ce qui n’est pas permis.",
    Refused.KIND_UNKNOWN: "Ni le nom ni le contenu ne disent si la livraison est complète.",
    Refused.MALFORMED: "Le fichier est mal formé.",
    Refused.MIXED: "Ces fichiers sont de plusieurs livraisons.",
    Refused.NOT_A_DELIVERY: "Ce n’est un fichier ni d’AAF, ni de SIECLE, ni d’ONDE.",
    Refused.NOTHING: "Aucun fichier de livraison n’a été trouvé.",
    Refused.NOT_SUPPORTED: "Cette version ne lit pas ce fichier.",
    Refused.OTHER_SCHOOL: "Le fichier est d’un autre établissement.",
    Refused.OTHER_YEAR: "Le fichier est d’une autre année scolaire.",
    Refused.OUT_OF_PLACE: "Le fichier n’a pas la structure d’une livraison.",
    Refused.SCHOOL_NOT_TOLD: "Le fichier ne dit pas son établissement.",
    Refused.TOO_LARGE: "Le fichier dépasse la taille permise.",
    Refused.TWICE: "Deux fichiers sont du même genre.",
    Refused.UNKNOWN_ENTITY: "Le fichier contient une entité que personne ne déclare.",
    Refused.UNREADABLE: "Le fichier ne peut pas être lu.",
    Refused.WRONG_SLOT: "Le fichier n’est pas ce que son nom dit.",
    Hindrance.ACADEMY_UNKNOWN: "L’académie n’est pas dite, ou il y en a plusieurs.",
    Hindrance.CATEGORY_MISSING: "La livraison complète n’a pas les établissements, les élèves et les responsables.",
    Hindrance.NO_STUDENT: "La livraison n’a aucun élève de cet établissement.",
    Hindrance.OLDER: "La livraison est plus ancienne que la dernière appliquée.",
    Hindrance.SCHOOL_UNKNOWN: "L’établissement est absent de la livraison.",
}

OBSTACLES: dict[str, str] = {
    Obstacle.NOT_APPLIED: "Cette alimentation n’est pas, ou n’est plus, appliquée.",
    Obstacle.TOO_OLD: "Une alimentation ne s’annule que pendant sept jours.",
    Obstacle.NOT_THE_LAST: "Une autre alimentation a été appliquée depuis\u00a0: annulez-la d’abord.",
    Obstacle.USED: "Des comptes ou des classes qu’elle a créés ont servi depuis",
    Obstacle.IN_A_RUN: "Des comptes qu’elle a créés figurent dans une opération.",
    Obstacle.OTHER_SCHOOLS: "Elle concerne aussi d’autres établissements\u00a0: seul l’opérateur peut l’annuler.",
}
FIELDS = {
    "last_name": "Nom",
    "first_name": "Prénom",
    "family_name": "Nom de famille",
    "birth_date": "Date de naissance",
    "ine": "INE",
    "email": "Courriel",
}


def stop_words(stop: dict[str, Any]) -> str:
    """Why the guard asks, with the figures."""
    figures = stop["figures"]
    match stop["reason"]:
        case StopReason.MANY_LEAVE:
            return (
                f"{figures['leaving']} élèves sur {figures['present']} partiraient,"
                f" soit plus de {figures['percent']}\u00a0%."
            )
        case StopReason.CLASS_EMPTIED:
            room, count = figures["room"], figures["count"]
            return f"Toute la classe {room} ({count} élèves) partirait\u00a0: livraison partielle\u202f?"
        case _:
            year, now = figures["year"], figures["now"]
            return f"Le fichier est de l’année {year}-{year + 1}\u202f; nous sommes en {now}-{now + 1}."


def doubtful_words(lines: list[dict[str, Any]], system: str) -> list[dict[str, Any]]:
    """Each line with its reason and where it is corrected."""
    where = SOURCES.get(system, SOURCES[""])
    return [
        {
            **line,
            "words": REASONS.get(line["reason"].partition(":")[0], line["reason"]),
            "correct": f"À corriger {where}",
        }
        for line in lines
    ]
