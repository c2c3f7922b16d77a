"""Links by mail in place of letters: over a real SMTP server, once, never a password; and what comes back of them."""

import re
import socketserver
import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.activation import mark_of
from accounts.actions.delivery_reports import failure_of, read_reports
from accounts.actions.mailed_links import ask_links
from accounts.actions.mailing import SENDERS
from accounts.actions.outbox import deliver_due
from accounts.enums import Population
from accounts.models import Guardian, JournalEntry, Mail, MailedLink, Student
from educonnect_admin.toolkit.scope import school_transaction, scope
from notifications.actions.documents import handed_to
from notifications.models import Run
from tests.actions.scene import Person, finished, ids, sealed_secrets
from tests.actions.test_guardians_runs import family, run_on
from tests.smtp import MailServer, mail_server
from tests.visitors import HERE, World

BASE = "https://activation.example"


@pytest.fixture
def server(settings):
    with mail_server(settings) as server:
        yield server


@pytest.fixture
def run(world: World, head: Person) -> Run:
    """Two pupils, of whom one has a confirmed address."""
    made = finished(head, ids(world.pupils))
    confirmed = {"email": "zoe@example.org", "email_confirmed_at": timezone.now()}
    Student.objects.filter(pk=world.pupils[0].student_id).update(**confirmed)
    return made


def ask(who: Person, run: Run) -> int:
    accounts = list(run.items.values_list(run.account_field, flat=True))
    told = {"actor": who.actor, "uai": HERE, "run": run.pk, "population": Population(run.population)}
    return ask_links(**told, accounts=accounts, base_url=BASE)


def link_in(server: MailServer) -> str:
    body = server.taken[-1].get_payload(decode=True).decode()
    found = re.search(rf"{BASE}(/activation/lien/\S+)", body)
    assert found
    return found[1]


def states() -> list[str]:
    return list(MailedLink.objects.order_by("asked_at").values_list("state", flat=True))


def test_who_has_a_confirmed_address_gets_a_link_and_no_letter(world, head, run, server) -> None:
    assert ask(head, run) == 1
    assert ask(head, run) == 0
    deliver_due(senders=SENDERS)
    (message,) = server.taken
    body, pupil = message.get_payload(decode=True).decode(), world.pupils[0].student_id
    (password,) = sealed_secrets(pupil)
    link = MailedLink.objects.get()
    assert (message["To"], link.state, message["Message-ID"][1:37]) == ("zoe@example.org", "sent", str(link.mail))
    assert password not in body.replace(" ", "").replace("-", "")
    secret = link_in(server).removesuffix("/").rpartition("/")[2]
    assert secret.encode() not in bytes(link.link_hash)
    assert len(link.link_hash) == 33
    assert not Mail.objects.exists()
    assert handed_to(mandate=head.mandate, run=run, with_secrets=True) == [world.pupils[1].student_id]
    assert len(handed_to(mandate=head.mandate, run=run, with_secrets=False)) == 2
    assert Student.objects.get(pk=pupil).distributed_on == timezone.localdate()


def test_a_link_opens_the_step_after_the_password_once(world, head, run, server) -> None:
    ask(head, run)
    deliver_due(senders=SENDERS)
    path, person = link_in(server), Client()
    assert "Commencer" in person.get(path).content.decode()
    assert person.post(path)["Location"] == "/activation/mot-de-passe/"
    assert "Étape" in person.get("/activation/mot-de-passe/").content.decode()
    for other in (person, Client()):
        assert (other.get(path).status_code, other.post(path).status_code) == (404, 404)
    assert states() == ["used"]
    events = JournalEntry.objects.filter(uai=HERE).order_by("sequence").values_list("event", flat=True)
    assert [event for event in events if event.startswith("link")] == ["links_asked", "link_used"]


def test_a_guardians_link_opens_theirs(world, head, server) -> None:
    guardian = family(world, 2012)
    run = run_on(head, guardian)
    Guardian.objects.filter(pk=guardian.pk).update(email="o@example.org", email_confirmed_at=timezone.now())
    assert ask(head, run) == 1
    deliver_due(senders=SENDERS)
    person = Client()
    person.post(link_in(server))
    assert "sur 3" in person.get("/activation/mot-de-passe/").content.decode()


@pytest.mark.parametrize("how", ["renewed", "late", "changed"])
def test_a_link_ends_with_its_letter_and_its_time(world, head, run, server, how, settings) -> None:
    ask(head, run)
    deliver_due(senders=SENDERS)
    path = link_in(server)
    if how == "renewed":
        finished(head, [world.pupils[0].student_id])
    elif how == "late":
        MailedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        path = path[:-3] + "x/"
    assert Client().get(path).status_code == Client().post(path).status_code == 404
    assert mark_of(Student.objects.get(pk=world.pupils[0].student_id))


def test_an_address_that_the_server_refuses_is_told_and_returns_to_paper(world, head, run, server) -> None:
    Student.objects.filter(pk=world.pupils[0].student_id).update(email="zoe@nowhere.example")
    ask(head, run)
    deliver_due(senders=SENDERS)
    link = MailedLink.objects.get()
    assert (link.state, link.reason, link.link_hash) == ("failed", "adresse refusée par le serveur de messagerie", None)
    assert len(handed_to(mandate=head.mandate, run=run, with_secrets=True)) == 2
    assert ask(head, run) == 1


REPORT = """From: MAILER-DAEMON@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Non remis.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; zoe@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 <script>zoe@example.org</script>

--b
Content-Type: {kind}

Message-ID: <{mail}@educonnect.example>
Subject: x

--b--
"""


def report(mail: object, status: str = "5.1.1", action: str = "failed", kind: str = "message/rfc822") -> bytes:
    return REPORT.format(mail=mail, status=status, action=action, kind=kind).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_its_mail_and_why(kind: str) -> None:
    mail = UUID(int=7)
    assert failure_of(report(mail, kind=kind)) == (mail, "adresse inconnue du serveur de messagerie")
    assert failure_of(report(mail, "5.2.2", kind=kind)) == (mail, "boîte aux lettres pleine ou fermée")
    assert failure_of(report(mail, "x", kind=kind)) == (mail, "message non distribué")


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"\xff\x00",
        b"Subject: absent",
        report("x"),
        report(UUID(int=7), action="delayed"),
        report(UUID(int=7))[:200],
    ],
)
def test_what_is_no_report_of_a_failure_is_passed_over(odd: bytes) -> None:
    assert failure_of(odd) is None


def test_reports_in_a_folder_mark_their_links_and_are_put_away(world, head, run, server, tmp_path: Path) -> None:
    ask(head, run)
    deliver_due(senders=SENDERS)
    mail = MailedLink.objects.get().mail
    for name, content in {"a": report(mail), "b": b"x", "c": report(UUID(int=9)), "d": b"x" * 1_100_000}.items():
        (tmp_path / name).write_bytes(content)
    assert read_reports(str(tmp_path)) == 1
    assert read_reports(str(tmp_path)) == 0
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["a", "b", "c", "d"]
    assert MailedLink.objects.get().reason == "adresse inconnue du serveur de messagerie"
    assert Student.objects.get(pk=world.pupils[0].student_id).distributed_on is None
    assert Client().get(link_in(server)).status_code == 404


class _Mailbox(socketserver.StreamRequestHandler):
    """IMAP4rev1 (RFC 3501) as far as one reader of one message needs."""

    def handle(self) -> None:
        self._say("* OK essai")
        while line := self.rfile.readline().decode().split():
            tag, verb = line[0], line[1].upper()
            if verb == "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            elif verb == "SELECT":
                self._say("* 1 EXISTS")
            elif verb == "SEARCH":
                self._say("* SEARCH" + ("" if self.server.seen else " 1"))
            elif verb == "FETCH":
                content = self.server.content
                self.wfile.write(b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\n" % (len(content), content))
            elif verb == "STORE":
                self.server.seen = line[2] == "1" and "\\Seen" in line[4]
            elif verb == "LOGIN":
                self.server.login = (line[2], line[3])
            self._say(f"{tag} OK done")

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@pytest.mark.enable_socket
def test_reports_in_a_mailbox_are_read_once(world, head, run, server) -> None:
    ask(head, run)
    deliver_due(senders=SENDERS)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mailbox) as box:
        box.daemon_threads, box.seen, box.content = True, False, report(MailedLink.objects.get().mail, "5.7.1")
        threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        place = f"imap://rapports:mot%20secret@127.0.0.1:{box.server_address[1]}/INBOX"
        assert (read_reports(place), read_reports(place)) == (1, 0)
        box.shutdown()
    assert box.login == ("rapports", '"mot') or box.login[0] == "rapports"
    assert MailedLink.objects.get().reason == "message refusé par le serveur de messagerie"


def test_another_school_sees_no_link(world, head, run) -> None:
    ask(head, run)
    with school_transaction("0511234P"):
        assert not MailedLink.objects.exists()
    with scope(HERE):
        assert MailedLink.objects.count() == 1
