"""Recovery codes: shown once, each opens once, and leads to a new key."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from accounts import assurance
from accounts.actions.journal import SYSTEM
from accounts.actions.keys import write_codes
from accounts.enums import Role
from accounts.models import OtpKey, RecoveryCode, RecoverySheet, Staff
from accounts.models.recovery import make_code
from accounts.provisional import ALPHABET, grouped
from tests.factories import PASSWORD
from tests.mails import posted
from tests.pages.reading import journal, missing, words
from tests.visitors import HERE, World, key_of, mandated, sign_in

SIGN_IN, CODE, RECOVERY, OWN, SHEET, REPLACE = (
    reverse(name)
    for name in ("sign_in", "sign_in_otp", "sign_in_recovery", "own_account", "recovery_codes", "own_otp_key")
)
STUDENTS = reverse("students", args=[HERE])


@pytest.fixture
def staff(world: World) -> Staff:
    """A head who has a key."""
    return key_of(mandated(Role.HEAD, world.here)).user


@pytest.fixture
def codes(staff: Staff) -> list[str]:
    return write_codes(actor=SYSTEM, staff=staff)


@pytest.fixture
def half_in(client: Client, staff: Staff) -> Client:
    """The password is given, the key is awaited."""
    client.post(SIGN_IN, {"username": staff.username, "password": PASSWORD})
    return client


def show(client: Client, code: str):
    return client.post(f"{RECOVERY}?next={STUDENTS}", {"recovery_code": code})


def told() -> list[str]:
    return [event for event, _, _ in journal("-")]


def test_a_code_has_more_than_128_random_bits() -> None:
    made = {make_code() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(code) for code in made} == {28}
    assert len(ALPHABET) ** 28 > 2**128


def test_nothing_readable_is_kept(codes: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM recovery_code c")
        kept = cursor.fetchone()[0]
    for code in codes:
        assert code not in kept
        assert code.encode().hex() not in kept


@pytest.mark.parametrize("spell", [str, str.lower, grouped, lambda code: f" {grouped(code).replace(' ', '-')} "])
def test_a_code_enters_however_it_is_typed_and_leads_to_a_new_key(half_in: Client, codes: list[str], spell) -> None:
    assert missing(half_in.get(CODE), "Utiliser un code de secours") == []
    assert show(half_in, spell(codes[3]))["Location"].partition("?")[0] == REPLACE
    page = half_in.get(REPLACE)
    assert missing(page, "il vous en reste 9", "Remplacer la clé OTP") == []
    assert half_in.get(STUDENTS).status_code == 200
    assert "recovery_code_used" in told()


def test_a_code_opens_once(half_in: Client, staff: Staff, codes: list[str]) -> None:
    show(half_in, codes[0])
    again = Client()
    again.post(SIGN_IN, {"username": staff.username, "password": PASSWORD})
    assert missing(show(again, codes[0]), "Ce code est faux ou il a déjà servi") == []
    assert again.get(OWN).status_code == 302
    assert told()[-1] == "recovery_code_refused"


def test_the_person_is_told_by_mail(half_in: Client, codes: list[str], staff: Staff) -> None:
    show(half_in, codes[0])
    (sent,) = posted()
    assert (sent.to, "Il vous en reste 9" in sent.body, codes[0] in sent.body) == ([staff.email], True, False)


def test_it_is_no_proof_for_grave_acts(half_in: Client, codes: list[str]) -> None:
    show(half_in, codes[0])
    half_in.post(reverse("proof"), {"otp_token": codes[1]})
    grave = half_in.post(reverse("freeze", args=[HERE]))
    assert grave["Location"].startswith(reverse("proof"))
    assert assurance.PROVED_AT not in half_in.session


def test_a_new_key_replaces_the_lost_one(half_in: Client, staff: Staff, codes: list[str]) -> None:
    lost = OtpKey.objects.get(user=staff)
    show(half_in, codes[0])
    half_in.get(REPLACE)
    fresh = OtpKey.objects.get(user=staff, confirmed=False)
    answer = half_in.post(REPLACE, {"otp_token": f"{totp(fresh.seed):06}", "next": STUDENTS})
    assert answer["Location"] == STUDENTS
    assert list(OtpKey.objects.filter(user=staff)) == [fresh]
    assert not OtpKey.objects.filter(pk=lost.pk).exists()
    assert assurance.PROVED_AT in half_in.session


def test_ten_minutes_later_it_records_no_key(half_in: Client, codes: list[str]) -> None:
    show(half_in, codes[0])
    with time_machine.travel(timezone.localtime() + timedelta(minutes=10, seconds=1)):
        assert half_in.get(REPLACE)["Location"].startswith(reverse("proof"))


def test_wrong_codes_are_slowed_down(half_in: Client, codes: list[str]) -> None:
    for _ in range(5):
        show(half_in, make_code())
    assert missing(show(half_in, codes[0]), "Trop d'essais") == []
    with time_machine.travel(timezone.localtime() + timedelta(seconds=31)):
        assert show(half_in, codes[0]).status_code == 302


def test_renewing_keeps_the_failures_and_ends_the_codes_before(staff: Staff, codes: list[str]) -> None:
    RecoverySheet.objects.filter(user=staff).update(failures=7)
    fresh = write_codes(actor=SYSTEM, staff=staff)
    sheet = RecoverySheet.objects.get(user=staff)
    assert (sheet.failures, sheet.left(), set(fresh) & set(codes)) == (7, 10, set())
    assert not any(sheet.verify_token(code) for code in codes)


@pytest.mark.parametrize("typed", ["", "\x00" * 28, "x" * 80, "x" * 10_000, "é" * 28, "' OR 1=1 --"])
def test_what_is_no_code_is_told(half_in: Client, codes: list[str], typed: str) -> None:
    answer = show(half_in, typed)
    assert answer.status_code == 200
    assert "Erreur" in words(answer)


def test_codes_open_nothing_without_the_password(client: Client, codes: list[str]) -> None:
    assert show(client, codes[0])["Location"].startswith(SIGN_IN)
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_a_code_of_someone_else_opens_nothing(half_in: Client, codes: list[str], world: World) -> None:
    theirs = write_codes(actor=SYSTEM, staff=mandated(Role.HEAD, world.here))
    assert show(half_in, theirs[0]).status_code == 200


@pytest.mark.parametrize(("used", "said"), [(0, "Vous ne l'avez pas confirmé"), (7, "Plus que 3 codes"), (10, "aucun")])
def test_ones_own_page_warns(staff: Staff, codes: list[str], used: int, said: str) -> None:
    spent = RecoveryCode.objects.order_by("pk").values_list("pk", flat=True)[:used]
    RecoveryCode.objects.filter(pk__in=list(spent)).update(used_at=timezone.now())
    assert missing(sign_in(staff, otp=True).get(OWN), said) == []


def test_the_sheet_is_renewed_shown_once_and_put_away(staff: Staff, codes: list[str]) -> None:
    client = sign_in(staff, otp=True)
    assert missing(client.get(SHEET), "10 codes n'ont pas encore servi") == []
    shown = client.post(SHEET, {"next": OWN})
    fresh = shown.context["codes"]
    assert missing(shown, *fresh) == []
    assert "no-store" in shown["Cache-Control"]
    assert client.post(reverse("recovery_codes_kept"), {"next": OWN})["Location"] == OWN
    page = client.get(OWN)
    assert missing(page, "Il vous reste 10 codes") == []
    assert not any(code in words(page) + words(client.get(SHEET)) for code in fresh)
    assert told()[-2:] == ["recovery_codes_written", "recovery_codes_kept"]


def test_an_old_proof_renews_nothing(staff: Staff, codes: list[str]) -> None:
    client = sign_in(staff, otp=True)
    with time_machine.travel(timezone.localtime() + timedelta(minutes=10, seconds=1)):
        assert client.post(SHEET)["Location"].startswith(reverse("proof"))
    assert not {"recovery_codes_written"} & set(told()[1:])


def test_a_key_is_not_replaced_by_whoever_has_not_shown_it(staff: Staff) -> None:
    """Signed in by the password alone, as on the admin network."""
    client = sign_in(staff)
    assert client.get(REPLACE)["Location"].startswith(CODE)
    assert client.post(SHEET)["Location"].startswith(CODE)
