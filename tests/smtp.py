"""A mail server on the loopback that takes what it is given, or closes its door: RFC 5321 as far as one mail needs."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any


class _Conversation(socketserver.StreamRequestHandler):
    """One client: greets, agrees, keeps what comes after DATA."""

    def handle(self) -> None:
        self._say("220 essai")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self._say("354 go on")
                self.server.taken.append(self._message())  # type: ignore[attr-defined]  # ours
                self._say("250 taken")
            elif line == b"QUIT":
                return self._say("221 bye")
            elif line.startswith(b"RCPT") and self.server.refused in line.lower():  # type: ignore[attr-defined]  # ours
                self._say("550 nobody here")
            else:
                self._say("250 essai")
        return None

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())

    def _message(self) -> Message:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return message_from_bytes(b"".join(lines))


class MailServer(socketserver.ThreadingTCPServer):
    """`taken`: the mails it has. `refused`: whoever has this in the address does not live here."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[Message] = []
        self.refused = b"@nowhere.example"


@contextmanager
def mail_server(settings: Any) -> Iterator[MailServer]:
    """It answers, and the console's settings lead to it, until the block ends."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
