"""The documents of a run, as PDF/UA-1: which sheets they have, in which order, and what stands on each.

Pages are cut here, never by the layout: no pupil's data flows on. Each document is laid out once and filled (`fast`).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO

import segno
from django.template.loader import render_to_string

from notifications.rendering.sheets import (
    Batch,
    ClassListContext,
    Holder,
    Imprint,
    LetterContext,
    Listed,
    Person,
    PersonT,
    ReminderContext,
    Sheet,
    Told,
    by_class,
)

SLIPS_A_PAGE = (8, 24)
REMINDERS_A_PAGE = 8
LINES_A_LIST = 30

SPECIMEN = Told("A")
"""What stands in each slot while a page is laid out."""

SUBJECTS = {
    "letters": "Courriers aux élèves",
    "slips": "Étiquettes des élèves",
    "class_list": "Liste de classe",
    "reminders": "Rappels d’identifiant",
}


class Specimen(dict[str, Told]):
    """The texts of a page that is laid out to be filled."""

    def __missing__(self, name: str) -> Told:
        return SPECIMEN


def letters_pdf(context: LetterContext, *, covers: bool = True) -> Iterator[bytes]:
    """One A4 page a pupil in the order given; with `covers`, a cover sheet before each class with its count.

    Raises ValueError without pupils.
    """
    batches = list(by_class(context.holders))
    return _pdf("letters", ("letter", "cover"), _letters(context, batches, covers), batches, context)


def slips_pdf(context: LetterContext, *, per_page: int = 8) -> Iterator[bytes]:
    """Slips to cut out, 8 or 24 to the A4 page. Each class begins a page; its name heads each of its pages.

    Raises ValueError for another number or without pupils.
    """
    if per_page not in SLIPS_A_PAGE:
        raise ValueError(f"{per_page} slips a page: {SLIPS_A_PAGE} are drawn")
    batches = list(by_class(context.holders, per_page))
    return _pdf("slips", ("slips",), _slips(context, batches), batches, context, cells=per_page)


def class_list_pdf(context: ClassListContext) -> Iterator[bytes]:
    """A table a class with room to sign on receipt, and no password.

    Raises ValueError without pupils.
    """
    batches = list(by_class(context.pupils, LINES_A_LIST))
    return _pdf("class_list", ("list",), _lists(context, batches), batches, context, cells=LINES_A_LIST)


def reminders_pdf(context: ReminderContext) -> Iterator[bytes]:
    """Slips with the identifiant alone, to cut out, 8 to the A4 page. Each class begins a page.

    Raises ValueError without pupils.
    """
    batches = list(by_class(context.people, REMINDERS_A_PAGE))
    return _pdf("reminders", ("reminders",), _reminders(context, batches), batches, context, cells=REMINDERS_A_PAGE)


def _letters(context: LetterContext, batches: Sequence[Batch[Holder]], covers: bool) -> Iterator[Sheet]:
    run, date = _run(context), f"Le {context.issued_on:%d/%m/%Y}"
    for batch in batches:
        bookmark, room = batch.slug, f"Classe\N{NO-BREAK SPACE}: {batch.class_name}"
        if covers:
            count = len(batch.people)
            told = f"{count} courrier{'s' if count > 1 else ''}"
            yield Sheet("cover", {"run": run, "date": date, "class": batch.class_name, "count": told}, bookmark)
            bookmark = ""
        for holder in batch.people:
            texts = {
                "run": run,
                "date": date,
                "class": room,
                "name": holder.full_name,
                "username": holder.username,
                "secret": holder.grouped_secret,
                "until": holder.until,
                "code": holder.follow_up,
            }
            yield Sheet("letter", texts, bookmark)
            bookmark = ""


def _slips(context: LetterContext, batches: Sequence[Batch[Holder]]) -> Iterator[Sheet]:
    run = _run(context)
    for batch in batches:
        texts = {"run": run, "class": _headed(batch)}
        for cell, holder in enumerate(batch.people):
            texts[f"name-{cell}"] = holder.listed_name
            texts[f"username-{cell}"] = holder.username
            texts[f"secret-{cell}"] = holder.grouped_secret
            texts[f"until-{cell}"] = holder.until
            texts[f"code-{cell}"] = f"Code de suivi\N{NO-BREAK SPACE}: {holder.follow_up}" if holder.follow_up else ""
            texts[f"room-{cell}"] = batch.class_name
        yield Sheet("slips", texts, batch.slug if batch.part == 1 else "")


def _lists(context: ClassListContext, batches: Sequence[Batch[Listed]]) -> Iterator[Sheet]:
    origin = f"{context.sender.school_name}, le {context.issued_on:%d/%m/%Y}"
    for batch in batches:
        texts = {"run": _run(context), "origin": origin, "class": _headed(batch)}
        for cell, pupil in enumerate(batch.people):
            texts[f"name-{cell}"] = pupil.listed_name
            texts[f"username-{cell}"] = pupil.username
            texts[f"state-{cell}"] = pupil.state
        yield Sheet("list", texts, batch.slug if batch.part == 1 else "")


def _reminders(context: ReminderContext, batches: Sequence[Batch[Person]]) -> Iterator[Sheet]:
    run = f"Demandé par {context.requested_by}, le {context.issued_on:%d/%m/%Y}."
    for batch in batches:
        texts = {"run": run, "class": _headed(batch)}
        for cell, person in enumerate(batch.people):
            texts[f"name-{cell}"] = person.listed_name
            texts[f"username-{cell}"] = person.username
            texts[f"room-{cell}"] = batch.class_name
        yield Sheet("reminders", texts, batch.slug if batch.part == 1 else "")


def _run(context: Imprint) -> str:
    return f"Opération\N{NO-BREAK SPACE}: {context.run_label}. Demandée par {context.requested_by}."


def _headed(batch: Batch[PersonT]) -> str:
    return batch.class_name + (f", feuille {batch.part} sur {batch.parts}" if batch.parts > 1 else "")


def _pdf(
    template: str,
    layouts: Sequence[str],
    sheets: Iterator[Sheet],
    batches: Sequence[Batch[PersonT]],
    context: LetterContext | ClassListContext | ReminderContext,
    *,
    cells: int = 0,
) -> Iterator[bytes]:
    if not batches:
        raise ValueError("no pupil, no document")
    # Imported late, so that a process that renders nothing never loads WeasyPrint.
    from notifications.rendering.engine import Source
    from notifications.rendering.fast import filled

    address = getattr(context, "activation_url", "")
    told = {"title": SUBJECTS[template], "sender": context.sender, "activation_url": Told(address), "per_page": cells}

    def source(pages: Sequence[Mapping[str, object]], *, specimen: bool = False) -> Source:
        html = render_to_string(f"letters/{template}.html", {**told, "pages": pages, "specimen": specimen})
        images = (("activation.png", _qr_code(address)),) if template == "letters" else ()
        return Source(html, ("base.css", f"{template}.css"), images, len(pages) + specimen)

    blank = Specimen()
    specimen = source([{"layout": each, "texts": blank, "cells": [blank] * cells} for each in layouts], specimen=True)
    classes = {batch.slug for batch in batches}
    title = f"{SUBJECTS[template]}, {classes.pop()}" if len(classes) == 1 else SUBJECTS[template]
    return filled(specimen, sheets, title=title, whole=lambda unset: source([_whole(each, cells) for each in unset]))


def _whole(sheet: Sheet, cells: int) -> Mapping[str, object]:
    """A sheet as templates read it."""
    places: list[dict[str, Told]] = [{} for _ in range(cells)]
    texts: dict[str, Told] = {}
    for slot, text in sheet.texts.items():
        name, _, place = slot.partition("-")
        (places[int(place)] if place else texts)[name] = Told(text)
    return {"layout": sheet.layout, "texts": texts, "cells": places}


@lru_cache(maxsize=16)
def _qr_code(url: str) -> bytes:
    """`url` alone as a PNG with its quiet zone. 8 pixels a module: sharp whatever a viewer does to images."""
    image = BytesIO()
    segno.make(url, error="m", micro=False).save(image, kind="png", scale=8)
    return image.getvalue()
