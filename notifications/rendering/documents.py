"""The documents of a run, as PDF/UA-1.

Pages are cut here, never by the layout: no pupil's data flows on. Each document is laid out once and filled (`fast`).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import segno
from django.template.loader import render_to_string

from notifications.rendering import texts
from notifications.rendering.sheets import (
    Batch,
    ClassListContext,
    Kin,
    LetterContext,
    PersonT,
    ReminderContext,
    Sheet,
    Told,
    by_class,
)
from notifications.rendering.words import tongues

SLIPS_A_PAGE = (8, 24)
REMINDERS_A_PAGE = 8
LINES_A_LIST = 30
PLACES = 5
"""Of a guardian's letter: lines of the address below the name, and of the children."""

SPECIMEN = Told("A")
"""What stands in each slot while a page is laid out."""

SUBJECTS = {
    "letters": "Courriers aux élèves",
    "slips": "Étiquettes des élèves",
    "class_list": "Liste de classe",
    "reminders": "Rappels d’identifiant",
}
GUARDIANS = {"letters": "Courriers aux responsables", "slips": "Étiquettes des responsables"}
AUDIENCES = {"letter": "student", "guardian": "guardian"}


class Specimen(dict[str, Told]):
    """The texts of a page that is laid out to be filled."""

    def __missing__(self, name: str) -> Told:
        return SPECIMEN


def letters_pdf(context: LetterContext, *, covers: bool = True) -> Iterator[bytes]:
    """One A4 page a pupil, or a guardian (`Kin`), in the order given; a cover sheet before each class with its count.

    A guardian's address stands where the window of a French envelope shows it, after NF Z 10-011 (six lines): in DL
    folded in three the window (45 or 35 mm by 100, 20 mm from the right and from below) shows 55 to 79 mm of the page
    however it slides, in C5 folded in two (60 mm from below) 57 to 88 mm; across both, 100 to 190 mm. So it takes 57 to
    79 mm from the top and 102 to 188 mm from the left, and nothing else stands between 34 and 90 mm on that side.

    Raises ValueError without holders.
    """
    batches = list(by_class(context.holders))
    kin = any(isinstance(holder, Kin) for holder in context.holders)
    names = [*texts.layouts("guardian" if kin else "letter", context.holders), "cover"]
    return _pdf("letters", names, texts.letters(context, batches, covers), batches, context, cells=PLACES if kin else 0)


def slips_pdf(context: LetterContext, *, per_page: int = 8) -> Iterator[bytes]:
    """Slips to cut out, 8 or 24 to the A4 page. Each class begins a page; its name heads each of its pages.

    Raises ValueError for another number or without holders.
    """
    if per_page not in SLIPS_A_PAGE:
        raise ValueError(f"{per_page} slips a page: {SLIPS_A_PAGE} are drawn")
    batches = list(by_class(context.holders, per_page))
    return _pdf("slips", ("slips",), texts.slips(context, batches), batches, context, cells=per_page)


def class_list_pdf(context: ClassListContext) -> Iterator[bytes]:
    """A table a class with room to sign on receipt, and no password.

    Raises ValueError without people.
    """
    batches = list(by_class(context.pupils, LINES_A_LIST))
    return _pdf("class_list", ("list",), texts.lists(context, batches), batches, context, cells=LINES_A_LIST)


def reminders_pdf(context: ReminderContext) -> Iterator[bytes]:
    """Slips with the identifiant alone, to cut out, 8 to the A4 page. Each class begins a page.

    Raises ValueError without people.
    """
    batches = list(by_class(context.people, REMINDERS_A_PAGE))
    sheets = texts.reminders(context, batches)
    return _pdf("reminders", ("reminders",), sheets, batches, context, cells=REMINDERS_A_PAGE)


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
        raise ValueError("nobody, no document")
    # Imported late, so that a process that renders nothing never loads WeasyPrint.
    from notifications.rendering.engine import Source
    from notifications.rendering.fast import filled

    told = told_to(template, context, cells)

    def source(pages: Sequence[Mapping[str, object]], *, specimen: bool = False) -> Source:
        html = render_to_string(f"letters/{template}.html", {**told, "pages": pages, "specimen": specimen})
        square = (("activation.png", qr_code(told["activation_url"])),)
        images = (*square, *context.sender.images) if template == "letters" else ()
        return Source(html, ("base.css", f"{template}.css"), images, len(pages) + specimen)

    blank = Specimen()
    specimen = source([page_of(each, blank, [blank] * cells) for each in layouts], specimen=True)
    classes = {batch.slug for batch in batches}
    subject = told["title"]
    title = f"{subject}, {classes.pop()}" if len(classes) == 1 else subject
    return filled(specimen, sheets, title=title, whole=lambda unset: source([whole(each, cells) for each in unset]))


def told_to(template: str, context: LetterContext | ClassListContext | ReminderContext, cells: int) -> dict[str, Any]:
    """What a template is told beside its pages."""
    people: Sequence[object] = getattr(context, "holders", ())
    is_kin = bool(people) and isinstance(people[0], Kin)
    is_kin |= any(each.child for each in getattr(context, "pupils", ())[:1])
    return {
        "title": GUARDIANS.get(template, SUBJECTS[template]) if is_kin else SUBJECTS[template],
        "audience": "Responsable" if is_kin else "Élève",
        "sender": context.sender,
        "activation_url": Told(getattr(context, "activation_url", "")),
        "per_page": cells,
    }


def page_of(layout: str, slots: Mapping[str, Told], cells: Sequence[Mapping[str, Told]]) -> dict[str, object]:
    """A page as templates read it."""
    kind, _, language = layout.partition(":")
    spoken = tongues(language, AUDIENCES[kind]) if kind in AUDIENCES else []
    return {"layout": layout, "kind": kind, "tongues": spoken, "texts": slots, "cells": cells}


def whole(sheet: Sheet, cells: int) -> Mapping[str, object]:
    """A sheet as templates read it, to be laid out by itself."""
    places: list[dict[str, Told]] = [{} for _ in range(cells)]
    slots: dict[str, Told] = {}
    for slot, text in sheet.texts.items():
        name, _, place = slot.partition("-")
        (places[int(place)] if place else slots)[name] = Told(text)
    return page_of(sheet.layout, slots, places)


@lru_cache(maxsize=16)
def qr_code(url: str) -> bytes:
    """`url` alone as a PNG with its quiet zone. 4 pixels a module: sharp whatever a viewer does to images.

    In shades of grey, which a printer reads three times as fast as the colours that WeasyPrint makes of two.
    """
    from PIL import Image  # 10 MB, for who lays a letter out only

    drawn, grey = BytesIO(), BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="png", scale=4)
    Image.open(drawn, formats=["PNG"]).convert("L").save(grey, "PNG", optimize=True)
    return grey.getvalue()
