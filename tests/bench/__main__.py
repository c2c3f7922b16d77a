"""`script/bench`: measures what it is asked for, prints one table."""

import argparse
import sys
from collections.abc import Iterator

import django

django.setup()

from script.local.services import stop_on_signals  # noqa: E402  # models need Django set up
from tests.bench import figures, letters, notify, pages, start  # noqa: E402
from tests.bench.bases import filled_bases  # noqa: E402
from tests.bench.measures import Line  # noqa: E402
from tests.bench.seeding import filled  # noqa: E402
from tests.bench.table import as_json, as_markdown, machine, told, write  # noqa: E402

PAGES = ("list", "search", "student", "statistics")
EVERYTHING = (*PAGES, "figures", "notify", "letters", "start")
SCHOOLS = (pages.LARGE_SCHOOL, pages.MIDDLING_SCHOOL, *notify.SCHOOLS, *notify.SAMPLES)
SMALL, LARGE = "bench_small", "bench_large"
SMALLEST = 10_000


def measured(wanted: set[str], size: int) -> Iterator[Line]:
    if wanted & {*PAGES, "notify"}:
        contents = {SMALL: filled([pages.MIDDLING_SCHOOL], pages.SMALL_SIZE), LARGE: filled(SCHOOLS, size)}
        with filled_bases(contents):
            chosen = [page for page in pages.PAGES if page.name.partition(",")[0] in wanted]
            if chosen:
                yield from pages.measured(chosen, small=SMALL, large=LARGE)
            if "notify" in wanted:
                yield from notify.measured(LARGE)
    if "figures" in wanted:
        yield from figures.measured(size)
    if "letters" in wanted:
        yield from letters.measured()
    if "start" in wanted:
        yield from start.measured()


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("what", nargs="*")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--size", type=int, default=20_000)
    options = parser.parse_args()
    if unknown := set(options.what) - set(EVERYTHING):
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join(EVERYTHING)}")
    if options.size < SMALLEST:
        parser.error(f"--size: at least {SMALLEST:,}, what the measured schools hold together")
    if options.write and options.what:
        parser.error("--write: the whole table only")
    stop_on_signals()
    where, lines = machine(), []
    for line in measured(set(options.what or EVERYTHING), options.size):
        lines.append(line)
        print(f"{line.what}: {line.cells()[3]} {line.unit}", file=sys.stderr, flush=True)
    if options.write:
        write(where, options.size, lines)
    print(as_json(where, options.size, lines) if options.json else f"{told(where)}\n\n{as_markdown(lines)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
