"""A network that can be slow or cut: what stands between the console's processes and one of their servers."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

COMMIT = b"COMMIT"
PIECE = 65_536


class Relay:
    """Listens at one Unix socket, and hands everything on to another.

    `delay`: seconds that each piece waits. `cut_at`: "sent", the next COMMIT reaches the server and its answer is lost;
    "unsent", it never arrives; then the connection is gone, and `cut_at` empty again.
    """

    def __init__(self, here: Path, there: Path) -> None:
        self.there, self.delay, self.cut_at = there, 0.0, ""
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        here.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(here))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection that there is now."""
        for pair in list(self._pairs):
            self._end(pair)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.there))
            except OSError:
                client.close()
                continue
            pair = (client, server)
            self._pairs.add(pair)
            for source, target in (pair, pair[::-1]):
                threading.Thread(target=self._pump, args=(pair, source, target), daemon=True).start()

    def _pump(self, pair: tuple[socket.socket, socket.socket], source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self.delay:
                    time.sleep(self.delay)
                if self.cut_at and source is pair[0] and COMMIT in piece:
                    how, self.cut_at = self.cut_at, ""
                    if how == "sent":
                        # The answer is lost: the client's side is closed before the server is told.
                        pair[0].shutdown(socket.SHUT_RDWR)
                        target.sendall(piece)
                        time.sleep(0.3)
                    break
                target.sendall(piece)
        self._end(pair)

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self._pairs.discard(pair)
        for end in pair:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
