"""script/judges."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping

import django

django.setup()

from tests.judges import attacks, code, mutants, pages  # noqa: E402  # want Django set up
from tests.judges.findings import Finding, report  # noqa: E402

JUDGES: Mapping[str, tuple[tuple[str, ...], Callable[[bool], Iterator[Finding]]]] = {
    "pages": (("vnu", "ibm", "alfa", "qualweb"), pages.findings),
    "code": (("semgrep", "bandit"), code.findings),
    "attacks": (("csp_evaluator", "wapiti", "sqlmap"), attacks.findings),
    "mutants": (("cosmic-ray",), mutants.findings),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/judges")
    parser.add_argument("judges", nargs="*", choices=[*JUDGES, []], metavar="JUDGE")
    parser.add_argument("--kept", action="store_true")
    options = parser.parse_args()
    left = 0
    for name in options.judges or ("pages", "code", "attacks"):
        names, ask = JUDGES[name]
        left += report(names, list(ask(options.kept)))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
