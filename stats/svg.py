"""A drawing as an SVG image that a strict content policy leaves whole, and that is read aloud."""

import re

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
FONT = re.compile(r"(?:(?P<weight>bold|\d{3})\s+)?(?P<size>[\d.]+px)\s+(?P<family>.+)")
DROPPED = (f"{{{SVG}}}style", f"{{{SVG}}}metadata")
ROOT_ATTRIBUTES = {
    "stroke-linejoin": "round",
    "stroke-linecap": "butt",
    "role": "img",
    "aria-labelledby": "titre texte",
}


def accessible(drawn: bytes, *, title: str, text: str) -> bytes:
    """`drawn` with a title and a description, and without any inline style.

    Styles become the attributes of the same names: `style-src 'self'` refuses the one and not the other. Widths give
    way to the box, so that the image takes the room that the page has.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(drawn, parser)
    for element in list(root.iter(*DROPPED)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in root.iter():
        for name, value in _declarations(str(element.attrib.pop("style", ""))):
            element.set(name, value)
    for name, value in ROOT_ATTRIBUTES.items():
        root.set(name, value)
    for place, (tag, key, words) in enumerate((("title", "titre", title), ("desc", "texte", text))):
        told = etree.Element(f"{{{SVG}}}{tag}", id=key)
        told.text = words
        root.insert(place, told)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _declarations(style: str) -> list[tuple[str, str]]:
    found = [
        (name.strip(), value.strip()) for name, _, value in (one.partition(":") for one in style.split(";")) if name
    ]
    fonts = [FONT.fullmatch(value) for name, value in found if name == "font"]
    return [pair for pair in found if pair[0] not in ("font", "") and pair[1]] + [
        (f"font-{key}", value) for font in fonts if font for key, value in font.groupdict().items() if value
    ]
