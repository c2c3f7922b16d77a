"""What each format calls the things that a report tells of, and what of it is worth telling."""

from dataclasses import dataclass
from enum import StrEnum


class System(StrEnum):
    """The base that a delivery comes from. The values are those of `accounts.enums.SourceSystem`; a test says so."""

    AAF = "AAF"
    SIECLE = "SIECLE"
    ONDE = "ONDE"


class Kind(StrEnum):
    """Complete: the state of the perimeter, whoever is absent has gone. Delta: what changed."""

    COMPLETE = "complete"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Terms:
    """Names of fields. `level`: where the rank stands, if not with the relations.

    `homonyms` and `shared`: whether homonyms and contacts that two guardians share are told; ONDE's own report of
    doubles takes their place.
    """

    names: str
    relations: str
    ine: str
    mail: str
    mobile: str
    level: str = ""
    homonyms: bool = True
    shared: bool = True


AAF_2D = Terms("sn/givenName", "ENTElevePersRelEleve", "ENTEleveINE", "mail", "mobile")
AAF_1D = Terms(
    "ENTPersonNom/ENTPersonPrenom",
    "ENTEleveAutoriteParentale",
    "ENTEleveINE",
    "ENTPersonMail",
    "ENTPersRelEleveTelMobile",
)
SIECLE = Terms("NOM/PRENOM", "RESPONSABLE_ELEVE", "ID_NATIONAL", "MEL", "TEL_PORTABLE", "RESP_LEGAL", shared=False)
ONDE = Terms("Nom/Prénom", "enfant", "INE", "Courriel", "Téléphone portable", homonyms=False, shared=False)
