"""Reading what a person typed or brought."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from notifications.models import Letterhead
from notifications.rendering.logo import LARGEST, LogoError, clean_logo

LINE = 38
"""Characters of a line, as NF Z 10-011 has it for addresses."""

NO_NULL = "Le texte contient un caractère interdit."


def _text(label: str, longest: int, help_text: str, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    errors = {
        "max_length": f"Ce texte est trop long\u00a0: {longest} caractères au plus.",
        "null_characters_not_allowed": NO_NULL,
    }
    return forms.CharField(
        label=label, required=False, max_length=longest, widget=widget, help_text=help_text, error_messages=errors
    )


class LetterheadForm(forms.Form):
    """The school's own letter. `kept` is what stands in the base, whose logo stays unless another is brought."""

    header = _text("En-tête", 80, "Deux lignes au plus, de 38 caractères, au-dessus du nom de l’établissement.", 2)
    sender = _text(
        "Expéditeur",
        160,
        "Quatre lignes au plus, le nom d’abord. Vide\u00a0: le nom et l’adresse connus du service.",
        4,
    )
    contact = _text(
        "À qui s’adresser",
        100,
        "Imprimé sous «\u00a0Besoin d’aide\u202f?\u00a0». Vide\u00a0: le contact connu du service.",
    )
    paragraph = _text("Paragraphe libre", 300, "300 caractères au plus, imprimés sur chaque courrier.", 4)
    logo = forms.FileField(
        label="Logo",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.svg"}),
        help_text="Image PNG ou dessin SVG, 500\u00a0ko au plus. Il est imprimé sur 18\u00a0mm de côté.",
        error_messages={"empty": "Ce fichier est vide.", "max_length": "Le nom de ce fichier est trop long."},
        max_length=255,
    )
    drop_logo = forms.BooleanField(label="Retirer le logo", required=False)

    def __init__(self, *args: Any, kept: Letterhead, **kwargs: Any) -> None:
        parts = ("header", "sender", "contact", "paragraph")
        super().__init__(*args, **kwargs)
        self.initial = {part: getattr(kept, part) for part in parts}
        self.kept = kept

    def clean_header(self) -> str:
        return _lines(self.cleaned_data["header"], 2)

    def clean_sender(self) -> str:
        return _lines(self.cleaned_data["sender"], 4)

    def clean_paragraph(self) -> str:
        return " ".join(self.cleaned_data["paragraph"].split())

    def clean_logo(self) -> tuple[str, bytes] | None:
        brought = self.cleaned_data["logo"]
        if not isinstance(brought, UploadedFile):
            return self.kept.logo_kept
        try:
            return clean_logo(brought.read(LARGEST + 1))
        except LogoError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def wanted(self) -> Letterhead:
        asked = self.cleaned_data
        kind, logo = (None if asked["drop_logo"] else asked["logo"]) or ("", None)
        texts = {part: asked[part] for part in ("header", "sender", "contact", "paragraph")}
        return Letterhead(school_id=self.kept.school_id, logo=logo, logo_kind=kind, **texts)


def _lines(text: str, most: int) -> str:
    """Its lines, without empty ones. Each that is too long is named."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    long = [
        f"Ligne {number}\u00a0: {LINE} caractères au plus." for number, line in enumerate(lines, 1) if len(line) > LINE
    ]
    if len(lines) > most:
        long.append(f"{most} lignes au plus.")
    if long:
        raise forms.ValidationError(long)
    return "\n".join(lines)


MOST_CODES = 1_000
CODE_SIGNS = 8


def read_codes(text: str) -> tuple[list[str], bool]:
    """Follow-up codes as they were typed or scanned, a line or a word each; whether there were more than are read.

    Case, blanks within a line and hyphens do not count.

    >>> read_codes("t7q8-k4zp\\nABCD EFGH\\nabcdefgh jkmnpqrs")
    (['T7Q8K4ZP', 'ABCDEFGH', 'ABCDEFGH', 'JKMNPQRS'], False)
    """
    codes: list[str] = []
    for line in text.upper().splitlines():
        joined = re.sub(r"[^A-Z0-9]", "", line)
        words = [joined] if len(joined) <= CODE_SIGNS else re.split(r"[\s,;]+", line.replace("-", ""))
        codes += [word for word in (re.sub(r"[^A-Z0-9]", "", each)[: 2 * CODE_SIGNS] for each in words) if word]
    return codes[:MOST_CODES], len(codes) > MOST_CODES


def doubles_among(codes: Sequence[str]) -> list[str]:
    return [code for code, times in Counter(codes).items() if times > 1]
