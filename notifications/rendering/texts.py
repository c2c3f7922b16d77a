"""Which sheets a document has, in which order, and what stands in the slots of each."""

from collections.abc import Iterable, Iterator, Sequence

from notifications.rendering.barcode import barcode
from notifications.rendering.sheets import (
    Batch,
    ClassListContext,
    Holder,
    Imprint,
    Kin,
    LetterContext,
    Listed,
    Person,
    PersonT,
    ReminderContext,
    Sheet,
)

CHILDREN = 4
"""Lines for children on a guardian's letter; the last takes in those beyond."""


def layout(kind: str, language: str = "") -> str:
    """A layout's name: its kind, and the language beside French."""
    return f"{kind}:{language}" if language else kind


def layouts(kind: str, holders: Iterable[Holder]) -> list[str]:
    """The layouts that the letters of `holders` need, in an order that does not depend on theirs."""
    return sorted({layout(kind, each.language) for each in holders})


def letters(context: LetterContext, batches: Sequence[Batch[Holder]], covers: bool) -> Iterator[Sheet]:
    run, date = _run(context), f"Le {context.issued_on:%d/%m/%Y}"
    for batch in batches:
        bookmark, room = batch.slug, f"Classe\N{NO-BREAK SPACE}: {batch.class_name}"
        if covers:
            count = len(batch.people)
            told = f"{count} courrier{'s' if count > 1 else ''}"
            yield Sheet("cover", {"run": run, "date": date, "class": batch.class_name, "count": told}, bookmark)
            bookmark = ""
        for holder in batch.people:
            texts = {"run": run, "date": date, "class": room, "name": holder.full_name} | _account(holder)
            kind = "letter"
            if isinstance(holder, Kin):
                kind, texts = "guardian", texts | _family(holder)
            yield Sheet(layout(kind, holder.language), texts, bookmark)
            bookmark = ""


def _account(holder: Holder) -> dict[str, str]:
    return {
        "username": holder.username,
        "secret": holder.grouped_secret,
        "until": holder.until,
        "code": holder.follow_up,
        "bars": barcode(holder.follow_up),
    }


def _family(kin: Kin) -> dict[str, str]:
    """What stands in the window of the envelope, and for whom the letter is."""
    told = [child.told for child in kin.children]
    lines = (
        told if len(told) <= CHILDREN else [*told[: CHILDREN - 1], "\N{NO-BREAK SPACE}; ".join(told[CHILDREN - 1 :])]
    )
    return {
        "filed": kin.filed,
        "elsewhere": kin.kept,
        **{f"line-{place}": line for place, line in enumerate(kin.address)},
        **{f"child-{place}": line for place, line in enumerate(lines)},
    }


def slips(context: LetterContext, batches: Sequence[Batch[Holder]]) -> Iterator[Sheet]:
    run = _run(context)
    for batch in batches:
        texts = {"run": run, "class": _headed(batch)}
        for cell, holder in enumerate(batch.people):
            texts[f"name-{cell}"] = holder.listed_name
            texts[f"username-{cell}"] = holder.username
            texts[f"secret-{cell}"] = holder.grouped_secret
            texts[f"until-{cell}"] = holder.until
            texts[f"code-{cell}"] = f"Code de suivi\N{NO-BREAK SPACE}: {holder.follow_up}" if holder.follow_up else ""
            texts[f"bars-{cell}"] = barcode(holder.follow_up)
            texts[f"room-{cell}"] = batch.class_name
            texts[f"child-{cell}"] = holder.filed if isinstance(holder, Kin) else ""
        yield Sheet("slips", texts, batch.slug if batch.part == 1 else "")


def lists(context: ClassListContext, batches: Sequence[Batch[Listed]]) -> Iterator[Sheet]:
    origin = f"{context.sender.school_name}, le {context.issued_on:%d/%m/%Y}"
    for batch in batches:
        texts = {"run": _run(context), "origin": origin, "class": _headed(batch)}
        for cell, person in enumerate(batch.people):
            texts[f"name-{cell}"] = person.line
            texts[f"username-{cell}"] = person.username
            texts[f"state-{cell}"] = person.state
        yield Sheet("list", texts, batch.slug if batch.part == 1 else "")


def reminders(context: ReminderContext, batches: Sequence[Batch[Person]]) -> Iterator[Sheet]:
    run = f"Demandé par {context.requested_by}, le {context.issued_on:%d/%m/%Y}."
    for batch in batches:
        texts = {"run": run, "class": _headed(batch)}
        for cell, person in enumerate(batch.people):
            texts[f"name-{cell}"] = person.listed_name
            texts[f"username-{cell}"] = person.username
            texts[f"room-{cell}"] = ", ".join(filter(None, (batch.class_name, person.child)))
        yield Sheet("reminders", texts, batch.slug if batch.part == 1 else "")


def _run(context: Imprint) -> str:
    return f"Opération\N{NO-BREAK SPACE}: {context.run_label}. Demandée par {context.requested_by}."


def _headed(batch: Batch[PersonT]) -> str:
    return batch.class_name + (f", feuille {batch.part} sur {batch.parts}" if batch.parts > 1 else "")
