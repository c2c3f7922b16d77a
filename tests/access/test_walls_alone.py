"""Each wall alone: what the third and the fourth still hold when those before them are taken away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import InternalError, ProgrammingError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.enums import Assurance
from accounts.middleware import activate
from accounts.models import HolderCode, HolderSignIn, Mandate, Student
from accounts.permissions import Permission
from accounts.walls import console_view
from educonnect_admin.toolkit.scope import scope
from tests.access.world import Asked
from tests.visitors import ELSEWHERE, HERE

ALLOWING = [model for model in apps.get_models() if hasattr(model._default_manager, "allowing")]
TABLES = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


HOLDERS_OWN = {HolderCode, HolderSignIn}
"""Of no school: PostgreSQL opens them to the account's holder, who is another of its roles."""


def asked_past_the_first_walls(asked: Asked, visitor: str, view: Callable[..., Any], **given: Any) -> HttpResponse:
    """The view itself, as if every check before it had been forgotten, with this person's mandate or none."""
    held = Mandate.objects.for_current().filter(staff=asked.visitors[visitor].staff).first()
    request = RequestFactory().get("/")
    request.user, request.mandate = asked.visitors[visitor].staff, activate(held, Assurance.PASSWORD)
    request.client_address = request.request_id = None
    return view(request, uai=HERE, **given)


def listing(model: Any, permission: Permission) -> Callable[..., HttpResponse]:
    """A page that forgot everything but the third wall."""

    @console_view(permission, reads=True)
    def page(request: Any) -> HttpResponse:
        return HttpResponse(str(model.objects.allowing(request.mandate, permission).count()))

    return page


def forgetful(model: Any) -> Callable[..., HttpResponse]:
    """A page that forgot the third wall too."""

    @console_view(Permission.LIST_STUDENTS, reads=True)
    def page(request: Any) -> HttpResponse:
        return HttpResponse(str(model._base_manager.count()))

    return page


@pytest.mark.parametrize("visitor", ["revok", "expir", "futur", "teach"])
@pytest.mark.parametrize("model", ALLOWING)
def test_the_third_wall_alone(asked: Asked, model: Any, visitor: str) -> None:
    """No right of the mandate, no row, whatever page it is that asks."""
    mandate = Mandate.objects.for_current().get(staff=asked.visitors[visitor].staff)
    for permission in set(Permission) - activate(mandate, Assurance.PASSWORD).permissions:
        answer = asked_past_the_first_walls(asked, visitor, listing(model, permission))
        assert answer.content == b"0", permission


def walled_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tablename::text FROM pg_policies")
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.parametrize("model", TABLES)
def test_the_fourth_wall_alone(asked: Asked, model: Any) -> None:
    """With the view's check and `allowing()` gone, PostgreSQL shows the rows of the mandate's school, and no others."""
    if model._meta.db_table not in walled_tables():
        return
    if model in HOLDERS_OWN:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), scope(HERE):
            model._base_manager.count()
        return
    with scope(HERE):
        of_here = model._base_manager.count()
    with scope(ELSEWHERE):
        assert asked_past_the_first_walls(asked, "teach", forgetful(model)).content == str(of_here).encode()
    assert model._base_manager.count() == 0


def test_the_scope_is_the_mandates_whatever_school_the_address_names(asked: Asked) -> None:
    with scope(HERE):
        of_here = Student.objects.count()
    held = Mandate.objects.for_current().get(staff=asked.visitors["teach"].staff)
    request = RequestFactory().get("/")
    request.user, request.mandate = held.staff, activate(held, Assurance.PASSWORD)
    request.client_address = request.request_id = None
    assert forgetful(Student)(request, uai=ELSEWHERE).content == str(of_here).encode()


def test_a_view_that_only_reads_cannot_write(asked: Asked) -> None:
    @console_view(Permission.LIST_STUDENTS, reads=True)
    def page(request: Any) -> HttpResponse:
        return HttpResponse(Student.objects.update(email="vole@example.org"))

    with pytest.raises(InternalError, match="read-only transaction"):
        asked_past_the_first_walls(asked, "teach", page)
