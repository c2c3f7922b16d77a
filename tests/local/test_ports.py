import os
import re

import pytest

from script.local.ports import HOST, listening_socket
from script.local.processes import CannotStartError

pytestmark = pytest.mark.enable_socket


def test_a_taken_port_is_told_with_its_holder() -> None:
    with listening_socket(0) as holder:
        port = holder.getsockname()[1]
        expected = re.escape(f"Port {port} is taken by pid {os.getpid()}") + f".*--port {port + 1}"
        with pytest.raises(CannotStartError, match=expected):
            listening_socket(port)


def test_zero_takes_a_free_port_of_the_loopback() -> None:
    with listening_socket(0) as listener:
        host, port = listener.getsockname()
    assert (host, port > 0) == (HOST, True)
