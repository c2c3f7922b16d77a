"""The door to WeasyPrint, beside `fast/specimen.py` that takes its pages apart.

It costs a second and 40 MB once, so `documents` imports it when it renders.

WeasyPrint opens nothing by itself: its fetcher answers a closed list of names from memory, and a
document that asks for any other is not handed out (its own default would put a local file into the PDF).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from notifications.rendering.barcode_font import barcode_font
from notifications.rendering.scan import refuse_active_content

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "static" / "fonts"
STYLES = ROOT / "templates" / "letters"
UNDRAWN = re.compile(r"[^\n\u0020-\u03e1\u03f0-\u052f\u0600-\u06ff\u1e00-\u206f\u20a0-\u20bf\u2100-\u214f]")
"""What the bundled fonts have no glyph for: all but Latin, Greek, Cyrillic, Arabic with their signs. It is printed as
the replacement character, so that no document depends on the machine's fonts or holds an empty glyph."""

VARIANT = "pdf/ua-1"
MEDIA_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".ttf": "font/ttf"}

# Pango's font maps are not safe between threads, and the font configuration is shared.
LAYOUT = RLock()


class RefusedError(Exception):
    """A document asked for something it may not open, or did not keep to its pages: nothing is handed out."""


class Bundled(URLFetcher):
    """Answers `bundled:NAME` from the resources given, and keeps count of whatever else was asked for.

    WeasyPrint passes over a resource that fails, so the caller has to `check` when all is laid out.
    """

    def __init__(self, resources: Mapping[str, bytes]) -> None:
        super().__init__()
        self._resources = resources
        self._refusals = 0

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme != "bundled" or name not in self._resources:
            self._refusals += 1
            raise ValueError("only bundled resources are opened")
        return URLFetcherResponse(url, self._resources[name], {"Content-Type": MEDIA_TYPES[Path(name).suffix]})

    def check(self) -> None:
        """Raises RefusedError where anything was refused."""
        if self._refusals:
            raise RefusedError(f"{self._refusals} resources asked for that are not bundled")


@cache
def _font_configuration() -> FontConfiguration:
    return FontConfiguration()


@cache
def _stylesheet(name: str) -> CSS:
    fonts = Bundled({"barcode.ttf": barcode_font(), **{path.name: path.read_bytes() for path in FONTS.glob("*.ttf")}})
    sheet = CSS(string=(STYLES / name).read_text(), font_config=_font_configuration(), url_fetcher=fonts)
    fonts.check()
    return sheet


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be laid out. `styles` are files beside the templates; `images` what `bundled:` addresses mean."""

    html: str = field(repr=False)
    styles: tuple[str, ...]
    images: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Laid:
    """A document laid out, and the root of its HTML."""

    document: Document
    root: Any
    fetcher: Bundled


def laid_out(source: Source) -> Laid:
    """Raises RefusedError where it asks for anything that is not bundled or has another number of pages."""
    drawn = UNDRAWN.sub("\N{REPLACEMENT CHARACTER}", source.html)
    fetcher = Bundled(dict(source.images))
    with LAYOUT:
        html = HTML(string=drawn, url_fetcher=fetcher)
        document = html.render(
            stylesheets=[_stylesheet(name) for name in source.styles],
            font_config=_font_configuration(),
            pdf_variant=VARIANT,
        )
    fetcher.check()
    if len(document.pages) != source.pages:
        raise RefusedError(f"{len(document.pages)} pages laid out where {source.pages} were due")
    return Laid(document, html.etree_element, fetcher)


def tagged_pdf(source: Source) -> bytes:
    """The document as PDF/UA-1. Raises RefusedError as `laid_out` does, ActiveContentError (see `scan`)."""
    laid = laid_out(source)
    pdf = written(laid.document)
    laid.fetcher.check()
    return pdf


def written(document: Document, finisher: Callable[[Document, Any], None] | None = None) -> bytes:
    """`document` as PDF/UA-1, looked through for active content."""
    with LAYOUT:
        pdf: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=finisher)
    refuse_active_content(pdf)
    return pdf
