"""Requests at once, each on a connection of its own, pass no cap."""

from accounts.actions.volumes import CapReachedError, count_volume
from accounts.enums import Role, Volume
from accounts.models import HourlyVolume
from educonnect_admin.toolkit.scope import school_transaction
from tests.actions.scene import at_once
from tests.factories import SchoolFactory
from tests.visitors import HERE, mandated


def test_twelve_at_once_take_five(committed: str) -> None:
    staff = mandated_here()

    def export(_: int) -> None:
        with school_transaction(HERE):
            count_volume(staff_id=staff, uai=HERE, role=Role.HEAD, kind=Volume.EXPORTS)

    answers = at_once(12, export)
    assert sum(answer is None for answer in answers) == 5
    assert sum(isinstance(answer, CapReachedError) for answer in answers) == 7
    with school_transaction(HERE):
        assert HourlyVolume.objects.get().amount == 5


def mandated_here() -> int:
    with school_transaction(HERE):
        return mandated(Role.HEAD, SchoolFactory(uai=HERE)).pk
