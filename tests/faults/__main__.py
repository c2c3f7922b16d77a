"""`script/faults`: servers of its own first, then the campaign, which wants their addresses."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from script.local.directories import ROOT, held
from script.local.services import ignore_signals, plain_refusals, stop_on_signals
from tests.faults.stage import staged

FULL, SHORT = 200, 20
SEED = 2026


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/faults")
    parser.add_argument("--faults", type=int, default=FULL)
    parser.add_argument("--short", action="store_const", const=SHORT, dest="faults")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, default=ROOT / ".run/faults")
    options = parser.parse_args()
    stop_on_signals()
    with plain_refusals("script/faults", options.data), held(options.data.absolute()) as data, staged(data) as stage:
        try:
            return int(import_module("tests.faults.campaign").run(stage, options))
        finally:
            ignore_signals()


if __name__ == "__main__":
    sys.exit(main())
