import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from script.local import supervisor as module
from script.local.processes import CannotStartError, Process, wait_until
from script.local.supervisor import Supervisor

Sh = Callable[[str], Process]


@pytest.fixture
def sh(tmp_path: Path) -> Sh:
    env = {"PATH": "/usr/bin:/bin", "HERE": str(tmp_path)}
    return lambda script: Process("program", ["sh", "-c", script], env, tmp_path / "log")


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor(lambda text: None)
    yield made
    made.stop()


def tick_until(supervisor: Supervisor, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < deadline, "nothing came"
        supervisor.tick()
        time.sleep(0.01)


def ends(pid: int) -> bool:
    """Whether the process ends within a moment; init may still have to collect it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_what_dies_is_started_again(supervisor: Supervisor, sh: Sh, tmp_path: Path) -> None:
    supervisor.start(sh("echo once >> $HERE/starts; exec sleep 60"))
    process = supervisor.watches[0].process
    tick_until(supervisor, lambda: (tmp_path / "starts").exists())
    assert process.child
    process.child.kill()
    tick_until(supervisor, lambda: (tmp_path / "starts").read_text().count("once") == 2)


def test_what_keeps_dying_waits_longer_each_time(
    supervisor: Supervisor, sh: Sh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(module, "LONGEST_DELAY", 0.04)
    supervisor.start(sh("exit 3"))
    seen: set[float] = set()

    def capped() -> bool:
        seen.add(supervisor.watches[0].delay)
        return 0.04 in seen

    tick_until(supervisor, capped)
    assert {0.01, 0.02, 0.04} <= seen


def test_the_log_keeps_the_last_words(sh: Sh) -> None:
    process = sh("echo Ce qui manque; exit 3")
    process.start()
    with pytest.raises(CannotStartError, match=r"(?s)program stopped at once.*Ce qui manque"):
        wait_until(lambda: False, process, seconds=10)
    assert process.exit_reason() == " (exit code 3)"
    process.stop()


def test_what_will_not_stop_is_killed_with_its_children(sh: Sh, tmp_path: Path) -> None:
    process = sh("trap '' TERM; sleep 60 & echo $! > $HERE/pid; wait; wait")
    process.start()
    wait_until(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()), process, seconds=10)
    process.stop(patience=0.1)
    assert ends(int((tmp_path / "pid").read_text()))


def test_programs_are_asked_together_and_servers_stop_last(sh: Sh) -> None:
    supervisor = Supervisor(lambda text: None)
    order: list[str] = []

    class Recorded:
        process = sh("exec sleep 60")
        start = process.start

        def stop(self) -> None:
            order.append(f"server, program alive: {program.alive()}")
            self.process.stop()

    program = sh("exec sleep 60")
    supervisor.start(Recorded())
    supervisor.start(program)
    supervisor.stop()
    assert order == ["server, program alive: False"]


def test_a_signal_is_named(sh: Sh) -> None:
    process = sh("exec sleep 60")
    process.start()
    assert process.child
    process.child.send_signal(signal.SIGKILL)
    process.child.wait()
    assert process.exit_reason() == " (SIGKILL)"
    process.stop()
