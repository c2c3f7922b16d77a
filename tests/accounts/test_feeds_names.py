"""Identifiants and schools' names, made from what feeds write in capitals."""

import re

import pytest

from accounts.actions.feeds.naming import ROOT_LIMIT, reserve_usernames, username_root
from accounts.actions.feeds.schools import readable_name


@pytest.mark.parametrize(
    ("first_name", "last_name", "root"),
    [
        ("Électre", "DURAND", "e.durand"),
        ("Jean-Noé", "LECŒUR-HÊTRE", "j.lecoeur-hetre"),
        ("Anaïs", "SAULE--ORME", "a.saule-orme"),
        ("Noé", "D'AISNE", "n.daisne"),
        ("Maëlys", "D’ORNAIN", "m.dornain"),
        ("Éléonore", "van der AULNE", "e.vanderaulne"),
        ("Ştefan", "ŁYNA", "s.lyna"),
        ("Ô", "Y", "o.y"),
        ("Stanis?aw", "?APOTKA", "s.apotka"),
        ("R2", "D2", "r.d"),
        ("=1+1", "-TIRET", "x.tiret"),
        ("", "АЛИСА", "x.x"),
        ("Zoé", "A" * 47 + "-B", "z." + "a" * 47),
    ],
)
def test_the_root_of_an_identifiant(first_name: str, last_name: str, root: str) -> None:
    assert username_root(first_name, last_name) == root
    assert re.fullmatch("[a-z]\\.[a-z-]*[a-z]", root)
    assert len(root) <= ROOT_LIMIT


@pytest.mark.django_db
def test_an_identifiant_is_never_given_twice() -> None:
    first = reserve_usernames(["e.aube", "n.orne", "e.aube"])
    assert first == ["e.aube", "n.orne", "e.aube2"]
    assert reserve_usernames(["e.aube"]) == ["e.aube3"]


@pytest.mark.django_db
def test_a_rotation_of_keys_does_not_begin_to_count_again(settings: pytest.FixtureRequest) -> None:
    assert reserve_usernames(["e.aube"]) == ["e.aube"]
    settings.CONSOLE_KEYS = {**settings.CONSOLE_KEYS, max(settings.CONSOLE_KEYS) + 1: b"k" * 32}
    assert reserve_usernames(["e.aube"]) == ["e.aube2"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("CLG DES ÉTOILES", "Collège des Étoiles"),
        ("LYC DE LA FORÊT-D'ALBIREO", "Lycée de la Forêt-d’Albireo"),
        ("LGT HENRI IV", "Lycée général et technologique Henri IV"),
        ("CLG-JEAN L'HÊTRE", "Collège Jean l’Hêtre"),
        ("LP L'ORME", "Lycée professionnel L’Orme"),
        ("CLG PR LA VESLE", "Collège privé La Vesle"),
        ("EEPU LES AULNES", "École élémentaire Les Aulnes"),
        ("Collège du Bois", "Collège du Bois"),
        ("ZZ RIVE DE MARNE", "Zz Rive de Marne"),
        ("0510001Z", "0510001Z"),
    ],
)
def test_a_school_is_named_as_people_write_it(given: str, name: str) -> None:
    assert readable_name(given) == name
