"""Points at which the process of a work can die: each statement, commit and file call, numbered as they come."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

FILE_CALLS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.truncate"})
CODE = (".py", ".pyc", ".so", ".mo")
DIED, BROKE = 9, 70


class Points:
    """Counts them; the process ends at the one numbered `last`, without another word to anybody."""

    def __init__(self, last: int | None) -> None:
        self.last, self.passed = last, 0

    def here(self) -> None:
        self.passed += 1
        if self.passed == self.last:
            os._exit(DIED)

    def statement(self, execute: Callable[..., Any], *asked: Any) -> Any:
        self.here()
        return execute(*asked)

    def file_call(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in FILE_CALLS and not str(arguments[0]).endswith(CODE):
            self.here()

    def watch(self) -> None:
        """From now on, for good: the process is a child that does nothing else."""
        connection.ensure_connection()
        connection.execute_wrappers.append(self.statement)
        commit = connection._commit

        def commit_between_two_points() -> None:
            self.here()
            commit()
            self.here()

        connection._commit = commit_between_two_points
        sys.addaudithook(self.file_call)


def in_a_child(work: Callable[[], object], *, dies_at: int | None = None) -> int:
    """How many points the work has, done to its end in a process of its own; 0 where it died at `dies_at`.

    AssertionError where it broke.
    """
    connections.close_all()
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        try:
            points = Points(dies_at)
            points.watch()
            work()
            os.write(tells, str(points.passed).encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(BROKE)
    os.close(tells)
    with os.fdopen(told) as pipe:
        passed = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, DIED), f"the work broke: {code}"
    return int(passed or 0)
