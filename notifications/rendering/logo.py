"""A school's logo, made anew from what was brought: only what is on the two lists below goes on.

PNG: decoded, laid on white and written again, so that nothing but pixels is kept. SVG: read by expat without any
entity, and rebuilt element by element; whatever could act, load, repeat or write text is refused by name.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

LARGEST = 500_000
"""Bytes of the file as it is brought."""

PIXELS = 9_000_000
"""Of a picture before it is opened: 36 MB once unpacked."""

SIDE = 425
"""Pixels: 18 mm, as large as it is printed, at 600 dots an inch."""

ELEMENTS, DEEPEST = 2_000, 30
PNG_MARK = b"\x89PNG\r\n\x1a\n"
SVG = "http://www.w3.org/2000/svg"
DRAWN = frozenset(["svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"])
PAINTED = frozenset(["defs", "linearGradient", "radialGradient", "stop"])
SILENT = frozenset(("title", "desc", "metadata"))
"""Left out with all that is in them, as what other name spaces hold."""

NUMBERS = frozenset(
    ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "width", "height", "offset")
) | {"opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "stroke-width", "stroke-miterlimit"}
SHAPES = frozenset(("d", "points", "transform", "gradientTransform", "viewBox", "stroke-dasharray"))
COLORS = frozenset(("fill", "stroke", "stop-color", "color"))
WORDS = {
    "fill-rule": {"nonzero", "evenodd"},
    "stroke-linecap": {"butt", "round", "square"},
    "stroke-linejoin": {"miter", "round", "bevel"},
    "gradientUnits": {"userSpaceOnUse", "objectBoundingBox"},
    "spreadMethod": {"pad", "reflect", "repeat"},
}
NUMBER = re.compile(r"[-+]?(?:\d{1,6}(?:\.\d{0,20})?|\.\d{1,20})(?:px|%)?", re.ASCII)
FIGURES = re.compile(r"\d+(?:[eE]-\d\b)?", re.ASCII)
SHAPE = re.compile(r"(?:[\s.MmZzLlHhVvCcSsQqTtAa,()+-]|matrix|translate|rotate|scale|skewX|skewY)*", re.ASCII)
"""Of what tells a shape, all but the figures."""

MOST_FIGURES = 20
"""In a row, with the decimals."""

COLOR = re.compile(r"#[0-9A-Fa-f]{3,8}|[A-Za-z]{1,30}|rgb\([\d.,%\s]{1,40}\)|url\(#[\w-]{1,60}\)", re.ASCII)
NAME = re.compile(r"[\w-]{1,60}", re.ASCII)


class LogoError(ValueError):
    """A file that is not taken as a logo; says why, in French."""


def clean_logo(content: bytes) -> tuple[str, bytes]:
    """The logo as it is kept: "png" or "svg", and its content. Raises LogoError."""
    if len(content) > LARGEST:
        raise LogoError("Ce fichier est trop lourd\N{NO-BREAK SPACE}: 500\N{NO-BREAK SPACE}ko au plus.")
    if content.startswith(PNG_MARK):
        return "png", _png(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "svg", _Svg().rebuilt(content)
    raise LogoError("Ce fichier n’est ni une image PNG ni un dessin SVG. Enregistrez le logo dans l’un de ces formats.")


def _png(content: bytes) -> bytes:
    """The size stands at the head of the file: what would unpack to more is refused unopened."""
    from PIL import Image  # 10 MB, for who brings a logo only

    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    if not 0 < width * height <= PIXELS:
        raise LogoError(
            "Cette image est trop grande\N{NO-BREAK SPACE}: 3\N{NARROW NO-BREAK SPACE}000 pixels de côté suffisent."
        )
    written = BytesIO()
    try:
        picture = Image.open(BytesIO(content), formats=["PNG"]).convert("RGBA")
        picture.thumbnail((SIDE, SIDE))
        page = Image.new("RGB", picture.size, "white")
        page.paste(picture, mask=picture.getchannel("A"))
        page.save(written, "PNG", optimize=True)
    except Exception as error:  # what a broken file makes Pillow raise is any of a dozen kinds
        raise LogoError("Cette image PNG est abîmée\N{NO-BREAK SPACE}: elle ne peut pas être lue.") from error
    return written.getvalue()


class _Svg:
    """A drawing in the making."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []
        self._skipped = self._count = 0

    def rebuilt(self, content: bytes) -> bytes:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise LogoError(f"Ce dessin SVG est mal formé, ligne {error.lineno}.") from None
        except LogoError:
            raise
        except ValueError:
            raise LogoError("Ce dessin SVG ne peut pas être lu.") from None
        return "".join(self._parts).encode()

    def _doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if has_subset:
            raise LogoError(_refusal("des entités"))

    def _instruction(self, target: str, data: str) -> None:
        raise LogoError(_refusal("une feuille de style ou une instruction"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        space, _, element = name.rpartition(" ")
        if self._count > ELEMENTS or len(self._open) > DEEPEST:
            raise LogoError("Ce dessin SVG est trop compliqué. Enregistrez le logo comme image PNG.")
        if self._skipped or (space != SVG and self._open) or element in SILENT:
            self._skipped += 1
            return
        is_root = not self._open
        if space != SVG or is_root != (element == "svg") or element not in DRAWN | PAINTED:
            raise LogoError(_refusal(f"l’élément «\N{NO-BREAK SPACE}{element[:30]}\N{NO-BREAK SPACE}»"))
        kept = _attributes(attributes)
        if is_root:
            kept = _sized(kept) | {"xmlns": SVG}
        self._parts.append(f"<{element}" + "".join(f" {name}={quoteattr(value)}" for name, value in kept.items()) + ">")
        self._open.append(element)

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._parts.append(f"</{self._open.pop()}>")


def _refusal(what: str) -> str:
    return f"Ce dessin SVG contient {what}, qu’un logo ne peut pas avoir. Enregistrez-le comme image PNG."


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    """Those that draw, each in a form that is known; what acts or loads is refused, the rest left out."""
    told = dict(given)
    for rule in told.pop("style", "").split(";"):
        name, _, value = rule.partition(":")
        if "url" in value.lower() and name.strip() not in COLORS:
            raise LogoError(_refusal("un renvoi à autre chose"))
        told[name.strip()] = value.strip()
    kept = {}
    for name, value in told.items():
        if name.lower().startswith("on") or name.rpartition(" ")[2] in ("href", "src", "base"):
            raise LogoError(_refusal("un renvoi ou un programme"))
        if name in ("clip-path", "mask", "filter") and value != "none":
            raise LogoError(_refusal("un masque ou un filtre"))
        if _is_known(name, value):
            kept[name] = value
        elif name in COLORS | SHAPES | NUMBERS:
            raise LogoError(_refusal(f"une valeur inconnue de «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}»"))
    return kept


def _is_known(name: str, value: str) -> bool:
    if name in WORDS:
        return value in WORDS[name]
    if name in SHAPES:
        figures = FIGURES.findall(value)
        return max(map(len, figures), default=0) <= MOST_FIGURES and bool(SHAPE.fullmatch(FIGURES.sub("", value)))
    known = {"id": NAME} | dict.fromkeys(NUMBERS, NUMBER) | dict.fromkeys(COLORS, COLOR)
    return name in known and bool(known[name].fullmatch(value.strip()))


def _sized(root: dict[str, str]) -> dict[str, str]:
    """The root with the frame of the drawing and no size of its own: the page decides."""
    frame = root.get("viewBox") or f"0 0 {root.get('width', '')} {root.get('height', '')}".replace("px", "")
    sides = re.findall(r"[-\d.]+", frame)
    if len(sides) != 4 or not all(0 < float(side) < 100_000 for side in sides[2:]):
        raise LogoError("Ce dessin SVG ne dit pas sa taille\N{NO-BREAK SPACE}: il lui faut un cadre (viewBox).")
    return {name: value for name, value in root.items() if name not in ("width", "height", "x", "y")} | {
        "viewBox": frame
    }
