"""Runs over guardians: asked for from their list or from a guardian's page, then as any run."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.actions.families import youngest_meant
from accounts.diagnosis import BY_FRANCE_CONNECT
from accounts.enums import Origin
from accounts.forms.lists import chosen_ids
from accounts.models import Classroom, Guardian
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.guardians import chosen_guardians, guardians_query
from accounts.views.lists import open_classrooms
from accounts.walls import actor_of, console_view
from notifications.actions.runs import draft_guardians_run
from notifications.views.form_keys import form_key

NOBODY = "Aucun responsable n’est sélectionné\u00a0: cochez au moins une case, puis recommencez."
REFUSED = (
    "Ce compte passe par FranceConnect\u00a0: il n’a pas de mot de passe ici, rien n’a été fait."
    f" À dire à la famille\u00a0: {BY_FRANCE_CONNECT}"
)


def label_of(found: Sequence[Guardian], rooms: Collection[Classroom]) -> str:
    """What a run is on: one guardian, or so many, of the classes that the list was narrowed to."""
    if len(found) == 1:
        return found[0].name
    if not rooms or len(rooms) > 3:
        return f"{len(found)} responsables"
    return f"responsables, classe{'s' if len(rooms) > 1 else ''} {', '.join(room.code for room in rooms)}"


def draft(
    request: SchoolRequest, found: Sequence[Guardian], rooms: Collection[Classroom], *wish: object
) -> HttpResponse:
    """Make a draft of what was chosen, and go to the page that says what it would do."""
    mandate: ActiveMandate = request.mandate
    ids = [guardian.pk for guardian in found]
    run = draft_guardians_run(
        actor=actor_of(request),
        mandate=mandate,
        guardians=youngest_meant(mandate.uai, ids, [room.pk for room in rooms]),
        label=label_of(found, rooms),
        key=form_key(request, "responsables", *wish, *sorted(ids)),
    )
    return redirect("run", mandate.uai, run.pk)


@console_view(Permission.NOTIFY_GUARDIANS, writes=True)
def guardians_notify(request: SchoolRequest) -> HttpResponse:
    """Those ticked, or the whole result. Their sheets are filed in the classes that the list was narrowed to."""
    mandate: ActiveMandate = request.mandate
    rooms = open_classrooms(mandate)
    narrowed = guardians_query(request, request.GET, rooms)
    query = guardians_query(request, request.POST, rooms)
    if query.everything:
        narrowed, rows = query, chosen_guardians(mandate, Permission.NOTIFY_GUARDIANS, query)
    else:
        chosen = chosen_ids(request.POST, "responsable")
        rows = Guardian.objects.allowing(mandate, Permission.NOTIFY_GUARDIANS).filter(pk__in=chosen)
    found = list(rows.order_by("sort_key", "pk").only("first_name", "last_name"))
    if not found:
        messages.error(request, NOBODY)
        return redirect("guardians", mandate.uai)
    return draft(request, found, [room for room in rooms if room.pk in narrowed.classrooms])


@console_view(Permission.NOTIFY_GUARDIANS, writes=True)
def guardian_notify(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """One guardian; refused at once, with what to tell the family, where the account goes by FranceConnect."""
    rows = Guardian.objects.allowing(request.mandate, Permission.NOTIFY_GUARDIANS)
    guardian = get_object_or_404(rows, pk=pk)
    if guardian.origin == Origin.FRANCE_CONNECT:
        messages.error(request, REFUSED)
        return redirect("guardian", request.mandate.uai, pk)
    return draft(request, [guardian], [])
