"""The console under production settings, over https with a certificate made for the test."""

import base64
import http.client
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.running import free_port, wait_until

HOST = "localhost"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for localhost, good for a day, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    paths[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    paths[1].write_bytes(certificate.public_bytes(pem))
    return paths


def environment(folder: Path, database: str) -> dict[str, str]:
    url = make_conninfo("", **{**conninfo_to_dict(os.environ["DATABASE_URL"]), "dbname": database})
    kept = {name: value for name, value in os.environ.items() if name != "OWNER_DATABASE_URL"}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "educonnect_admin.settings.production",
        "DATABASE_URL": url,
        "ALLOWED_HOSTS": HOST,
        "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
        "CONSOLE_KEYS": "1:" + base64.b64encode(os.urandom(32)).decode(),
        "STATIC_ROOT": str(folder / "static"),
    }


@contextmanager
def served_over_https(
    folder: Path, database: str, *, port: int = 0, **variables: str
) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Its port, and the context of a client that trusts it. No other process than the one started is stopped."""
    key, certificate = make_certificate(folder)
    told, port = {**environment(folder, database), **variables}, port or free_port()
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, cwd=settings.ROOT, env=told, check=True)  # noqa: S603  # our own command
    gunicorn = [sys.executable, "-m", "gunicorn", "educonnect_admin.wsgi:application", "--no-control-socket"]
    gunicorn += ["-b", f"127.0.0.1:{port}", "--threads", "2", "--keyfile", str(key), "--certfile", str(certificate)]
    trusting = ssl.create_default_context(cafile=str(certificate))
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(gunicorn, cwd=settings.ROOT, env=told, stdout=log, stderr=log)  # noqa: S603  # ours
    try:
        wait_until("it answers over https", lambda: is_up(port, trusting))
        yield port, trusting
    finally:
        process.terminate()
        process.wait(timeout=15)


def is_up(port: int, trusting: ssl.SSLContext) -> bool:
    try:
        return ask(port, trusting, "/sante/").status == 200
    except OSError:
        return False


def ask(port: int, trusting: ssl.SSLContext, path: str, **headers: str) -> http.client.HTTPResponse:
    """One GET; its body has been read."""
    connection = http.client.HTTPSConnection(HOST, port, context=trusting, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.text = answer.read().decode(errors="replace")  # type: ignore[attr-defined]  # kept beside the headers
    connection.close()
    return answer
