"""What head and agent change of a pupil's account: address, date of distribution, block; and what they are told."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountState, SourceSystem
from accounts.models import JournalEntry, Source, Student
from educonnect_admin.toolkit.scope import scope
from notifications.models import SealedSecret
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import journal, missing, selects
from tests.visitors import HERE, World

CHANGES = ("student_edit", "student_block", "student_unblock")
CHANGED = {"email_changed", "distribution_corrected", "account_blocked", "account_unblocked"}


def at(name: str, pk: UUID) -> str:
    return reverse(name, args=[HERE, pk])


def pupil(world: World, **fields: object) -> Student:
    with scope(HERE):
        student = StudentFactory(last_name="ÉRABLE", first_name="Lou", **fields)
        SchoolingFactory(school=world.here, classroom=world.room, student=student)
    return student


def fresh(student: Student) -> Student:
    with scope(HERE):
        return Student.objects.get(pk=student.pk)


def told() -> list[str]:
    """What the journal tells of changes."""
    return [event for event, _, _ in journal() if event in CHANGED]


def edit(client: Client, student: Student, version: int = 0, **fields: object):
    form = {"version": version, "email": fields.pop("email", "")} | fields
    return client.post(at("student_edit", student.pk), form, follow=True)


def test_the_page_shows_what_is_changed_here_and_what_is_not(world: World, head: Client) -> None:
    student = pupil(world, notified=True, email="lou@example.org", distributed_on=date.today(), ine="1234567890A")
    with scope(HERE):
        known = {"academy_code": 19, "academy_name": "Reims", "read_on": date(2026, 11, 3)}
        Source.objects.create(school=world.here, student=student, system=SourceSystem.SIECLE, local_id="1", **known)
    response = head.get(at("student_edit", student.pk))
    assert missing(response, "Modifier le compte", "Courrier électronique", "Date de distribution", "Lou ÉRABLE") == []
    assert missing(response, "Où la corriger", "SIECLE", "lue le 03/11/2026", "À confirmer par la personne") == []
    assert missing(response, "Date de naissance 14/03/2014 SIECLE", "INE 1234567890A", "ne change jamais") == []
    assert b'value="lou@example.org"' in response.content


def test_an_address_is_set_and_its_holder_is_asked(
    world: World, agent: Client, django_capture_on_commit_callbacks
) -> None:
    student = pupil(world)
    with django_capture_on_commit_callbacks() as rung:
        response = edit(agent, student, email="Lou@example.org")
    assert missing(response, "Le compte est modifié. Un message demande à la personne de confirmer") == []
    assert len(rung) == 1
    kept = fresh(student)
    assert (kept.email, kept.email_confirmed_at, kept.version) == ("Lou@example.org", None, 1)
    assert missing(agent.get(at("student", student.pk)), "Lou@example.org", "À confirmer par la personne") == []
    assert told() == ["email_changed"]
    with scope(HERE):
        assert not JournalEntry.objects.filter(detail__icontains="lou").exists()


def test_another_address_has_to_be_confirmed_again(world: World, head: Client) -> None:
    student = pupil(world, email="lou@example.org", email_confirmed_at=timezone.now())
    assert missing(head.get(at("student", student.pk)), "Confirmé le") == []
    edit(head, student, email="lou@example.com")
    assert fresh(student).email_confirmed_at is None
    edit(head, student, version=1, email="")
    assert fresh(student).email == ""
    assert missing(head.get(at("student", student.pk)), "Courrier électronique Non renseigné") == []


def test_what_is_not_changed_is_not_told(world: World, head: Client) -> None:
    student = pupil(world, email="lou@example.org", email_confirmed_at=timezone.now())
    assert missing(edit(head, student, email="lou@example.org"), "Rien n'a changé") == []
    assert (told(), fresh(student).version) == ([], 0)
    assert fresh(student).email_confirmed_at is not None


@pytest.mark.parametrize("email", ["lou", "lou@", "a@b", "x" * 10_000, "l\x00u@example.org", "<script>@example.org"])
def test_what_is_no_address_is_refused_in_words(world: World, head: Client, email: str) -> None:
    student = pupil(world)
    response = edit(head, student, email=email)
    assert response.status_code == 200
    assert missing(response, "Le compte n'a pas été modifié", "Courrier électronique :", "Erreur :") == []
    assert (told(), fresh(student).email) == ([], "")


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "\x00"])
def test_a_form_that_is_not_whole_changes_nothing(world: World, head: Client, version: str) -> None:
    student = pupil(world)
    for name in CHANGES:
        form = {"version": version, "email": "lou@example.org", "reason": "stolen"}
        response = head.post(at(name, student.pk), form)
        assert response.status_code == 200
    assert (told(), fresh(student).version) == ([], 0)


def test_the_date_of_distribution_is_corrected_and_each_correction_told(world: World, head: Client) -> None:
    student = pupil(world, notified=True, distributed_on=timezone.localdate())
    earlier = timezone.localdate() - timedelta(days=3)
    edit(head, student, distributed_on=earlier)
    assert fresh(student).distributed_on == earlier
    edit(head, student, version=1, distributed_on="")
    assert fresh(student).distributed_on is None
    assert told() == ["distribution_corrected"] * 2
    said = f"Date de distribution corrigée : le {timezone.localdate():%d/%m/%Y} devient le {earlier:%d/%m/%Y}"
    assert missing(head.get(at("student", student.pk)), said, f"le {earlier:%d/%m/%Y} devient « Non renseignée »") == []


@pytest.mark.parametrize(
    ("days", "said"), [(1, "Cette date n'est pas encore passée"), (-31, "Le document n'existe que depuis le")]
)
def test_a_date_that_cannot_be_is_refused(world: World, head: Client, days: int, said: str) -> None:
    student = pupil(world, notified=True)
    response = edit(head, student, distributed_on=timezone.localdate() + timedelta(days=days))
    assert missing(response, said, "Date de distribution :") == []
    assert missing(edit(head, student, distributed_on="hier"), "Donnez une date, comme 23/11/2026.") == []
    assert told() == []


def test_nothing_was_handed_over_before_a_notification(world: World, head: Client) -> None:
    student = pupil(world)
    assert b"distributed_on" not in head.get(at("student_edit", student.pk)).content
    edit(head, student, distributed_on=timezone.localdate())
    assert fresh(student).distributed_on is None


@pytest.mark.parametrize("name", CHANGES)
def test_of_two_people_on_one_pupil_the_second_is_told(world: World, head: Client, agent: Client, name: str) -> None:
    student = pupil(world, blocked=True) if name == "student_unblock" else pupil(world)
    edit(agent, student, email="premier@example.org")
    form = {"version": 0, "email": "second@example.org", "reason": "settled" if "un" in name else "stolen"}
    response = head.post(at(name, student.pk), form)
    assert response.status_code == 409
    assert missing(response, "Le compte a changé", "Rien n'a été enregistré") == []
    assert (fresh(student).email, fresh(student).version) == ("premier@example.org", 1)
    assert b'name="version" value="1"' in response.content
    assert head.post(at(name, student.pk), form | {"version": 1}).status_code == 302
    assert fresh(student).version == 2


def test_a_notification_in_between_is_a_change_too(world: World, head: Client) -> None:
    student = pupil(world)
    head.post(at("student_notify", student.pk), follow=True)
    with scope(HERE):
        Student.objects.filter(pk=student.pk).update(version=5)
    assert edit(head, student, email="lou@example.org").status_code == 409


def block(client: Client, student: Student, version: int = 0, **fields: str):
    form = {"version": version, "reason": "stolen", "note": "Vu en salle 12"} | fields
    return client.post(at("student_block", student.pk), form, follow=True)


def test_a_block_shuts_the_account_and_says_why(world: World, head: Client, agent: Client) -> None:
    student = pupil(world, activated=True)
    assert missing(head.get(at("student_block", student.pk)), "Plus aucun mot de passe n'ouvrira ce compte") == []
    assert missing(block(agent, student), "Le compte est bloqué", "Débloquer le compte", "Bloqué") == []
    kept = fresh(student)
    assert (kept.state, kept.password, kept.provisional_hash) == (AccountState.BLOCKED, "", None)
    response = head.get(at("student", student.pk))
    why = "Compte utilisé par une autre personne : Vu en salle 12"
    assert missing(response, why, f"bloqué par l'établissement le {timezone.localdate():%d/%m/%Y}") == []
    assert missing(response, "Compte bloqué : compte utilisé par une autre personne, par Procyon AGENT") == []
    with scope(HERE):
        assert not JournalEntry.objects.filter(detail__icontains="salle").exists()


def test_a_block_ends_the_sealed_copy_of_a_run(world: World, head: Client) -> None:
    student = pupil(world)
    run = head.post(at("student_notify", student.pk)).headers["Location"]
    head.post(f"{run}lancer/")
    with scope(HERE):
        assert SealedSecret.objects.filter(account_id=student.pk).count() == 1
    block(head, student, version=1)
    with scope(HERE):
        assert not SealedSecret.objects.filter(account_id=student.pk).exists()
    assert fresh(student).provisional_hash is None


def test_a_notification_does_not_lift_a_block(world: World, head: Client, teacher: Client) -> None:
    student = pupil(world)
    block(head, student)
    head.post(at("student_notify", student.pk), follow=True)
    teacher.post(reverse("rescue_reset", args=[HERE, student.pk]))
    assert fresh(student).state == AccountState.BLOCKED


def test_a_block_is_lifted_with_a_reason(world: World, head: Client) -> None:
    student = pupil(world, activated=True)
    block(head, student)
    assert missing(head.get(at("student_unblock", student.pk)), "Bloqué depuis le", "Vu en salle 12") == []
    response = head.post(at("student_unblock", student.pk), {"version": 1, "reason": "mistake"}, follow=True)
    assert missing(response, "Le blocage est levé", "Non notifié", "Compte débloqué : le compte avait été bloqué") == []
    kept = fresh(student)
    assert (kept.blocked_reason, kept.blocked_at, kept.origin) == ("", None, "")
    assert told() == ["account_blocked", "account_unblocked"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"reason": ""}, "Motif : Choisissez un des motifs."),
        ({"reason": "x\x00"}, "Motif : Choisissez un des motifs."),
        ({"reason": "other", "note": " \t "}, "Précision : Dites en quelques mots quel est ce motif."),
        ({"note": "x" * 10_000}, "Précision : 140 caractères au plus."),
        ({"note": "a\x00b"}, "Précision : Le caractère nul n'est pas autorisé."),
    ],
)
def test_a_block_without_a_good_reason_is_refused_in_words(
    world: World, head: Client, form: dict[str, str], said: str
) -> None:
    student = pupil(world)
    assert missing(block(head, student, **form), "Le compte n'a pas été bloqué", said) == []
    assert fresh(student).state == AccountState.NOT_NOTIFIED


def test_what_cannot_be_is_said(world: World, head: Client) -> None:
    shut, open_ = pupil(world, blocked=True), pupil(world)
    assert missing(block(head, shut), "Ce compte est déjà bloqué, ou fermé.") == []
    form = {"version": 0, "reason": "settled"}
    assert missing(head.post(at("student_unblock", open_.pk), form, follow=True), "Ce compte n'est pas bloqué.") == []
    assert told() == []


@pytest.mark.parametrize("name", [*CHANGES, "student_email_link", "student_history"])
def test_another_schools_pupil_does_not_exist(world: World, head: Client, teacher: Client, name: str) -> None:
    path = at(name, world.foreign.student_id)
    form = {"version": 0, "reason": "stolen"}
    answers = {head.post(path, form).status_code, head.get(path).status_code}
    assert answers <= {404, 405}
    assert teacher.post(at(name, world.pupils[0].student_id), form).status_code in (403, 405)
    assert told() == []


def test_each_page_is_told_and_counted(world: World, head: Client) -> None:
    student = pupil(world, blocked=True)
    for name in (*CHANGES, "student_history"):
        head.get(at(name, student.pk))
    assert journal() == [("student_viewed", student.pk, None)] * 4


@pytest.mark.parametrize("name", [*CHANGES, "student_history"])
def test_queries(world: World, head: Client, name: str) -> None:
    student = pupil(world)
    few = selects(head, at(name, student.pk))
    for version in range(12):
        edit(head, student, version=version, email=f"lou{version}@example.org")
    assert selects(head, at(name, student.pk)) <= few + 1 <= 8


def test_the_history_has_pages(world: World, head: Client) -> None:
    student = pupil(world)
    for _ in range(28):
        head.get(at("student", student.pk))
    path = at("student_history", student.pk)
    assert missing(head.get(path), "1 à 25 sur 29 événement(s)", "Fiche consultée, par Procyon AGENT") == []
    assert missing(head.get(path, {"page": 2}), "26 à 30 sur 30 événement(s)") == []
    for page in ("1000000000", "x", "\x00", "-1", "9" * 5000):
        assert head.get(path, {"page": page}).status_code == 200
