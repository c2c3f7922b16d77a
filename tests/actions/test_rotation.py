"""A key is replaced: the seeds move to it, what cannot move is told, and nothing stops opening meanwhile."""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from accounts.actions.credentials import opens
from accounts.actions.rotation import seal_seeds_anew, standing_under
from accounts.models import OtpKey, Student
from tests.actions.scene import Person, finished, ids, opened_by, sealed_secrets
from tests.factories import StaffFactory
from tests.visitors import World, key_of

pytestmark = pytest.mark.django_db
NEW = 200


def test_seeds_move_and_passwords_go_on_opening(world: World, head: Person, capsys: Any) -> None:
    finished(head, ids(world.pupils))
    pupil = ids(world.pupils)[0]
    secret = sealed_secrets(pupil)[0]
    key, before = key_of(StaffFactory()), max(settings.CONSOLE_KEYS)
    seed = key.seed
    with override_settings(CONSOLE_KEYS={**settings.CONSOLE_KEYS, NEW: b"n" * 32}):
        call_command("rotate_keys")
        told = capsys.readouterr().out
        assert f"key {before}: 2 provisional passwords; it stays" in told
        assert "sealed anew under key 200" in told and seal_seeds_anew() == 0
        moved = OtpKey.objects.get(pk=key.pk)
        assert (bytes(moved.sealed_seed)[0], moved.seed) == (NEW, seed)
        assert set(standing_under()["OTP keys"]) == {NEW}
        assert opened_by(pupil, secret)
    with override_settings(CONSOLE_KEYS={NEW: b"n" * 32}):
        assert OtpKey.objects.get(pk=key.pk).seed == seed
        assert not opens(Student.objects.get(pk=pupil), secret)
        call_command("rotate_keys", "--look")
        assert f"key {before}: not in CONSOLE_KEYS" in capsys.readouterr().err
