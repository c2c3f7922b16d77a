"""`script/bench`: measures what it is asked for, prints one table."""

import argparse
import sys
from collections.abc import Iterator, Sequence

import django

django.setup()

from script.local.services import stop_on_signals  # noqa: E402  # models need Django set up
from tests.bench import feeds, figures, letters, load, notify, pages, start  # noqa: E402
from tests.bench.bases import filled_bases  # noqa: E402
from tests.bench.measures import Line  # noqa: E402
from tests.bench.seeding import filled  # noqa: E402
from tests.bench.table import as_json, as_markdown, machine, told, write  # noqa: E402

PAGES = ("list", "search", "student", "statistics")
EVERYTHING = (*PAGES, "figures", "notify", "load", "letters", "start")
ALONE = "feeds"
SCHOOLS = (pages.LARGE_SCHOOL, pages.MIDDLING_SCHOOL, *notify.SCHOOLS, *notify.SAMPLES)
SMALL, LARGE = "bench_small", "bench_large"
SMALLEST, USUAL = 10_000, 20_000


def measured(wanted: set[str], size: int) -> Iterator[Line]:
    if wanted == {ALONE}:
        with filled_bases({feeds.BASE: []}):
            yield from feeds.measured(size)
        return
    if wanted & {*PAGES, "notify", "load"}:
        contents = {SMALL: filled([pages.MIDDLING_SCHOOL], pages.SMALL_SIZE), LARGE: filled(SCHOOLS, size)}
        with filled_bases(contents):
            chosen = [page for page in pages.PAGES if page.name.partition(",")[0] in wanted]
            if chosen:
                yield from pages.measured(chosen, small=SMALL, large=LARGE)
            if "notify" in wanted:
                yield from notify.measured(LARGE)
            if "load" in wanted:
                yield from load.measured(LARGE)
    if "figures" in wanted:
        yield from figures.measured(size)
    if "letters" in wanted:
        yield from letters.measured()
    if "start" in wanted:
        yield from start.measured()


def titled(size: int, what: Sequence[str], *, of_feeds: bool) -> str:
    """What the table is called: part of the measures has one of its own beside the whole."""
    if of_feeds:
        return f"A delivery of {size:,} pupils"
    part = ", ".join(name for name in EVERYTHING if name in what)
    return f"A base of {size:,} pupils{part and f': {part}'}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("what", nargs="*")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--size", type=int)
    options = parser.parse_args()
    if unknown := set(options.what) - {*EVERYTHING, ALONE}:
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join((*EVERYTHING, ALONE))}")
    of_feeds = options.what == [ALONE]
    if ALONE in options.what and not of_feeds:
        parser.error(f"{ALONE}: on its own only, for it fills the machine")
    size = options.size or (feeds.WHOLE if of_feeds else USUAL)
    if size < SMALLEST and not of_feeds:
        parser.error(f"--size: at least {SMALLEST:,}, what the measured schools hold together")
    stop_on_signals()
    where, lines = machine(), []
    for line in measured(set(options.what or EVERYTHING), size):
        lines.append(line)
        print(f"{line.what}: {line.cells()[3]} {line.unit}", file=sys.stderr, flush=True)
    if options.write:
        write(where, titled(size, options.what, of_feeds=of_feeds), lines)
    print(as_json(where, size, lines) if options.json else f"{told(where)}\n\n{as_markdown(lines)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
