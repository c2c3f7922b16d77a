"""The lost key of a delegate, and what revoking closes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import JournalEntry, OtpKey, RecoverySheet, SecurityKey, StaffSession
from educonnect_admin.toolkit.scope import scope
from tests.factories import StaffFactory
from tests.pages.reading import missing
from tests.visitors import HERE, World, key_of, mandated, sign_in


def until() -> dict[str, Any]:
    return {"given_by": StaffFactory(), "ends_at": timezone.now() + timedelta(days=200)}


def test_the_last_delegation_revoked_closes_the_sessions(head: Client, world: World) -> None:
    agent = sign_in(mandated(Role.FULL, world.here, **until()), otp=True)
    head.post(reverse("delegation_revoke", args=[HERE, agent.staff.mandates.get().pk]))
    assert agent.get(reverse("students", args=[HERE]))["Location"].startswith(reverse("sign_in"))


@pytest.mark.parametrize("headed", [False, True])
def test_a_head_resets_the_lost_key_of_an_agent_never_of_a_head(
    head: Client, world: World, headed: bool, django_capture_on_commit_callbacks
) -> None:
    agent = sign_in(mandated(Role.FULL, world.here, **until()), otp=True)
    given = agent.staff.mandates.get()
    if headed:
        mandated(Role.HEAD, world.elsewhere, staff=agent.staff)
    with django_capture_on_commit_callbacks() as mails:
        answer = head.post(reverse("delegation_reset_key", args=[HERE, given.pk]), follow=True)
    assert (OtpKey.objects.filter(user=agent.staff).exists(), bool(mails)) == (headed, not headed)
    assert (agent.get(reverse("portal")).status_code == 200) is headed
    said = "seul l'exploitant efface sa clé" if headed else "une nouvelle sera enregistrée"
    assert missing(answer, said) == []
    with scope(HERE):
        told = JournalEntry.objects.filter(event="otp_reset", count=agent.staff.pk)
        assert told.exists() is not headed


def test_the_operator_resets_whoevers_keys(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    RecoverySheet.objects.create(user=head.staff, name="recovery").write()
    SecurityKey.objects.create(user=head.staff, name="usb", credential_id=b"a", public_key=b"b")
    call_command("staff", "reset-otp", head.staff.username)
    for means in (OtpKey, SecurityKey, RecoverySheet):
        assert not means.objects.filter(user=head.staff).exists()
    assert head.get(reverse("portal")).status_code == 302
    assert not StaffSession.objects.filter(staff=head.staff).exists()


def test_a_head_reaches_no_key_of_another_school_or_of_his_own(head: Client, world: World) -> None:
    far = mandated(Role.FULL, world.elsewhere, **until()).mandates.get()
    for mandate in (far, head.staff.mandates.get()):
        key_of(mandate.staff)
        assert head.post(reverse("delegation_reset_key", args=[HERE, mandate.pk])).status_code == 404
        assert OtpKey.objects.filter(user=mandate.staff).exists()
