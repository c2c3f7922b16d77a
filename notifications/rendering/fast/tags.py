"""A page's structure as text that is repeated with other numbers: wrappers dropped, absent parts left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WRAPPERS = {"Span", "NonStruct", "Div"}


@dataclass(frozen=True, slots=True)
class Node:
    """A structure element: its kind, its attributes as PDF, and its elements and marks in reading order."""

    kind: str
    attributes: str
    kids: Sequence["Node | int"]

    def marks(self) -> Iterator[int]:
        for kid in self.kids:
            yield from [kid] if isinstance(kid, int) else kid.marks()


def unwrapped(kind: str, attributes: str, kids: Sequence[Node | int]) -> Node:
    """A node that takes over what stands in wrappers, and in a paragraph within a paragraph, without attributes."""
    flat: list[Node | int] = []
    for kid in kids:
        if isinstance(kid, Node) and not kid.attributes and (kid.kind in WRAPPERS or kid.kind == kind == "P"):
            flat += kid.kids
        else:
            flat.append(kid)
    return Node(kind, attributes, flat)


class Tags:
    """The tags of pages on which the marks `drawn` are (with their numbers there), and no others.

    An element all of whose marks are absent is left out; a cell that was empty from the start stays in its row.
    """

    def __init__(self, tree: Node, drawn: Mapping[int, int], document: int) -> None:
        self._drawn, self._document = drawn, document
        self._bodies: list[str] = [""]
        self._offsets: list[list[int]] = [[]]
        self._owners: dict[int, int] = {}
        self._add(tree, 0)
        owners = [owner for _, owner in sorted(self._owners.items())]
        self._bodies[0], self._offsets[0] = f"[{'%d 0 R ' * len(owners)}]", owners
        self.count = len(self._bodies)
        self._template = "\n".join(self._bodies)
        self._flat = [offset for offsets in self._offsets for offset in offsets]

    def bodies(self, page: int, rest: int) -> list[str]:
        """The objects of a page's tags: the element of each mark, the outermost element, the rest.

        The first two take the numbers after the page's, the rest those from `rest` on.
        """
        numbers = [page + offset if offset < 3 else rest + offset - 3 for offset in self._flat]
        return (self._template % tuple(numbers)).split("\n")

    def _add(self, node: Node, above: int) -> int:
        place = len(self._bodies)
        self._bodies.append("")
        self._offsets.append([])
        kids: list[str] = []
        references: list[int] = []
        for kid in node.kids:
            if isinstance(kid, int):
                if kid in self._drawn:
                    kids.append(str(self._drawn[kid]))
                    self._owners[self._drawn[kid]] = place + 1
            elif self._is_there(kid):
                kids.append("%d 0 R")
                references.append(self._add(kid, place + 1))
        attributes = node.attributes.replace("%", "%%")
        parent = "%d 0 R" if above else f"{self._document} 0 R"
        # Only an element with content of its own needs to say on which page that is.
        page = "/Pg %d 0 R" if len(references) < len(kids) else ""
        self._bodies[place] = f"<</S/{node.kind}{attributes}/P {parent}{page}/K[{' '.join(kids)}]>>"
        self._offsets[place] = [*([above] if above else []), *([0] if page else []), *references]
        return place + 1

    def _is_there(self, node: Node) -> bool:
        marks = list(node.marks())
        return not marks or any(mark in self._drawn for mark in marks)
