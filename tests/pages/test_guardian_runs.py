"""From the list of guardians to what is on paper: notifying, reminding, exporting."""

import csv
import io

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Guardian
from educonnect_admin.toolkit.scope import scope
from notifications.actions.work import process_chunk
from notifications.models import Run
from notifications.rendering.words import tongue
from tests.factories import GuardianshipFactory
from tests.pages.reading import ODD_ADDRESSES, journal, missing, selects, words
from tests.pages.test_guardians import family
from tests.pages.test_run_control import grow_stale
from tests.sheets import SECRET
from tests.visitors import HERE, World

LIST, NOTIFY = reverse("guardians", args=[HERE]), reverse("guardians_notify", args=[HERE])
EXPORT, EXPORT_CHOSEN, REMINDERS, REMINDERS_CHOSEN = (
    reverse(name, args=[HERE])
    for name in ("guardians_export", "guardians_export_chosen", "guardians_reminders", "guardians_reminders_chosen")
)


def run_of(response: HttpResponse) -> Run:
    with scope(HERE):
        found: Run = Run.objects.get(pk=response["Location"].split("/")[-2])
    return found


def finished(client: Client, run: Run) -> Run:
    client.post(reverse("run_launch", args=[HERE, run.pk]))
    while process_chunk(run_id=run.pk, uai=HERE):
        pass
    with scope(HERE):
        run.refresh_from_db()
    return run


def document(client: Client, run: Run, slug: str, **asked: str) -> bytes:
    response = client.get(reverse("run_document", args=[HERE, run.pk, slug]), asked)
    assert response.status_code == 200
    return response.getvalue()


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_letter_says_all_of_its_guardian_and_nothing_of_another(world: World, head: Client) -> None:
    """The canary: parents of one child, apart, each with an address, a language and an identifiant of their own."""
    mother = family(world, "MÈRECANARI", children=2, address="1 rue Mèrecanari\n08000 SEDAN", language="uk")
    father = family(world, "PÈRECANARI", address="9 rue Pèrecanari\n51100 REIMS", language="tr")
    with scope(HERE):
        shared = mother.guardianships.first().student
        GuardianshipFactory(school=world.here, student=shared, guardian=father, rank=2)
    run = finished(head, run_of(head.post(NOTIFY, {"responsable": [mother.pk, father.pk]})))
    for language in ("", "famille", "ar"):
        letters = pages_of(document(head, run, "courriers", langue=language))
        letters = [text for text in letters if SECRET.search(text)]
        assert len(letters) == 2
        for mine, others in ((mother, father), (father, mother)):
            (letter,) = (text for text in letters if mine.username in text)
            assert shared.username not in letter
            assert mine.address.partition("\n")[0] in letter
            told = (others.username, others.last_name, others.address.partition("\n")[0], others.email)
            assert not [word for word in told if word in letter]
            assert len(SECRET.findall(letter)) == 1
    own = "".join(pages_of(document(head, run, "courriers", langue="famille")))
    assert all(str(tongue(language, "guardian")["title"]) in own for language in ("uk", "tr"))
    with scope(HERE):
        mother.refresh_from_db()
    assert mother.distributed_on is not None


def test_the_page_before_and_after_a_run(world: World, head: Client) -> None:
    guardian = family(world, "ORME", children=2, address="")
    family(world, "FRANCE", state="activated", origin="france_connect", password="!")
    drafted = head.post(NOTIFY, {"tout": "1"})
    page = head.get(drafted["Location"])
    said = ("(Re)Notifier 3 comptes", "3 responsables", "Sans adresse postale", "Activés par FranceConnect")
    assert missing(page, *said, "Connectez-vous par le bouton FranceConnect") == []
    run = finished(head, run_of(drafted))
    page = head.get(drafted["Location"])
    assert missing(page, "Responsable", "Élève(s)", guardian.name, "notifiés 2", "laissé de côté 1") == []
    offered = ("Courriers (PDF)", "Liste de classe (PDF)", "Publipostage (CSV)", "la langue de chaque famille")
    assert missing(page, *offered) == []
    assert "Étiquettes" not in words(page)
    assert head.get(reverse("run_document", args=[HERE, run.pk, "etiquettes-8"])).status_code == 404
    assert head.get(reverse("run_document", args=[HERE, run.pk, "courriers"]), {"langue": "kl"}).status_code == 404
    assert [entry for entry in journal() if entry[0] == "run_requested"] == [("run_requested", run.pk, 3)]


def test_the_mail_merge_is_for_head_and_agent_who_ran_it(world: World, head: Client, agent: Client) -> None:
    guardian = family(world, "ORME", children=2, address="1 rue du Lin\n08000 SEDAN")
    run = finished(agent, run_of(agent.post(NOTIFY, {"responsable": [guardian.pk]})))
    table = list(csv.reader(io.StringIO(document(agent, run, "publipostage").decode("utf-8-sig")), delimiter=";"))
    assert len(table) == 2
    assert table[1][3] == guardian.username
    assert {"1 rue du Lin", "08000 SEDAN"} <= set(table[1])
    assert head.get(reverse("run_document", args=[HERE, run.pk, "publipostage"])).status_code == 404


def test_a_teacher_reaches_nothing_of_it(world: World, head: Client, teacher: Client) -> None:
    run = finished(head, run_of(head.post(NOTIFY, {"tout": "1"})))
    assert teacher.post(NOTIFY, {"tout": "1"}).status_code == 403
    assert teacher.get(reverse("run", args=[HERE, run.pk])).status_code == 404
    assert teacher.get(reverse("run_document", args=[HERE, run.pk, "courriers"])).status_code == 404


def test_a_list_narrowed_to_a_class_files_the_sheets_there(world: World, head: Client) -> None:
    guardian = family(world, "ORME")
    with scope(HERE):
        GuardianshipFactory(school=world.here, student=world.other_class[0].student, guardian=guardian)
    narrowed = f"?classe={world.other_room.pk}"
    run = run_of(head.post(NOTIFY + narrowed, {"responsable": [guardian.pk]}))
    with scope(HERE):
        assert run.items.get().filed_with == world.other_class[0].student_id
    run = run_of(head.post(NOTIFY, {"tout": "1", "classe": str(world.other_room.pk)}))
    assert (run.total, run.label) == (1, guardian.name)


def test_nothing_ticked_foreign_ids_and_the_same_form_twice(world: World, head: Client) -> None:
    with scope("0511234P"):
        foreign = Guardian.objects.get(guardianships__student=world.foreign.student)
    for ticked in ([], ["x"], [str(foreign.pk)]):
        response = head.post(NOTIFY, {"responsable": ticked}, follow=True)
        assert missing(response, "Aucun responsable n’est sélectionné") == []
    form = {"tout": "1", "cle": "0b9a3c1e-0000-4000-8000-000000000001"}
    assert run_of(head.post(NOTIFY, form)) == run_of(head.post(NOTIFY, form))


def test_several_want_a_fresh_proof_and_count_among_the_hours_accounts(world: World, head: Client) -> None:
    family(world, "ORME")
    run = run_of(head.post(NOTIFY, {"tout": "1"}))
    grow_stale(head)
    assert "/connexion/preuve/" in head.post(reverse("run_launch", args=[HERE, run.pk]))["Location"]
    for address in (EXPORT, REMINDERS):
        assert "/connexion/preuve/" in head.get(address)["Location"]


def test_the_list_leaves_masked_and_told(world: World, head: Client) -> None:
    guardian = family(world, "ORME", children=2)
    page = head.get(head.post(EXPORT_CHOSEN, {"responsable": [guardian.pk]})["Location"])
    assert missing(page, "Exporter la liste des responsables", "1 responsable de votre sélection") == []
    columns = ["nom", "eleves", "courriel", "mobile", "identifiant"]
    file = head.get(EXPORT, {"format": "csv", "colonne": columns})
    said = file.getvalue().decode("utf-8-sig")
    assert guardian.username in said
    assert "o•••@example.org" in said
    assert "ondine.orme@" not in said
    assert "39980059" not in said
    assert file["Content-Disposition"] == 'attachment; filename="responsables.csv"'
    assert journal()[-1] == ("guardians_exported", None, 2)
    assert head.get(EXPORT, {"format": "xlsx", "colonne": columns}).getvalue()[:2] == b"PK"


def test_reminders_name_the_guardian_and_the_child_without_a_password(world: World, head: Client) -> None:
    guardian = family(world, "ORME", children=2)
    with scope(HERE):
        names = [tie.student.last_name for tie in guardian.guardianships.select_related("student")]
    one = " ".join(pages_of(head.get(reverse("guardian_reminder", args=[HERE, guardian.pk])).getvalue()))
    assert guardian.username in one
    assert any(name in one for name in names)
    assert not SECRET.search(one)
    assert journal()[-1] == ("reminders_printed", guardian.pk, 1)
    several = head.get(head.post(REMINDERS_CHOSEN, {})["Location"])
    assert guardian.username in " ".join(pages_of(several.getvalue()))
    assert journal()[-1] == ("reminders_printed", None, 2)


def test_odd_addresses_are_survived(world: World, head: Client) -> None:
    for query in ODD_ADDRESSES:
        answers = [head.get(f"{address}?{query}").status_code for address in (LIST, EXPORT)]
        answers.append(head.post(f"{NOTIFY}?{query}").status_code)
        assert set(answers) <= {200, 302}, query


def test_a_hundred_rows_take_the_queries_of_one(world: World, head: Client) -> None:
    run = finished(head, run_of(head.post(NOTIFY, {"tout": "1"})))
    address = reverse("run", args=[HERE, run.pk])
    few = [selects(head, LIST, par_page=100), selects(head, address, par_page=100)]
    for number in range(40):
        family(world, f"FAMILLE {number}", children=1 + number % 3)
    run = finished(head, run_of(head.post(NOTIFY, {"tout": "1"})))
    address = reverse("run", args=[HERE, run.pk])
    assert [selects(head, LIST, par_page=100), selects(head, address, par_page=100)] == few
