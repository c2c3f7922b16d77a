"""A provider such as FranceConnect, as a server of its own: it gives what it must, or what a test makes it give."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "site-activation", "un-secret-de-client"


@dataclass
class Issuer:
    """Who signs in there, and what is changed of the answers: `bent` takes the claims of an ID token and bends them."""

    port: int = 0
    person: dict[str, Any] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: _key("one"))
    signs_with: ECKey | None = None
    bent: dict[str, Any] = field(default_factory=dict)
    user_bent: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    refuses: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v2"

    def described_as(self) -> dict[str, Any]:
        paths = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "session/end"}
        ends = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in paths.items()}
        told = {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"}
        return {**told, **ends, "authorization_response_iss_parameter_supported": True, **self.described}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        answer = {"state": asked["state"], "iss": self.url}
        if self.refuses:
            return f"{asked['redirect_uri']}?{urlencode({**answer, 'error': self.refuses})}"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'code': code})}"

    def redeem(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "authorization_code"}
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        if known.items() - form.items():
            return 401, {"error": "invalid_client"}
        now, token = int(time.time()), secrets.token_urlsafe()
        self.tokens.add(token)
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.person["sub"], "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"], "acr": "eidas1", **self.bent}
        id_token = self.signed({name: value for name, value in claims.items() if value is not None})
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}

    def user(self) -> str:
        return self.signed({"iss": self.url, "aud": CLIENT, **self.person, **self.user_bent})

    def signed(self, claims: dict[str, Any]) -> str:
        key = self.signs_with or self.key
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, key)

    def called(self, path: str) -> list[dict[str, str]]:
        return [told for where, told in self.asked if where == path]


def _key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def another_key(kid: str) -> ECKey:
    return _key(kid)


class Handler(BaseHTTPRequestHandler):
    """The provider's addresses, of the issuer that a subclass names."""

    issuer: Issuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, asked = parts.path.removeprefix("/api/v2"), dict(parse_qsl(parts.query))
        self.issuer.asked.append((path, asked))
        if path in self.issuer.answers:
            self.say(*self.issuer.answers[path])
        elif path == "/.well-known/openid-configuration":
            self.tell(200, self.issuer.described_as())
        elif path == "/jwks":
            self.tell(200, {"keys": [self.issuer.key.as_dict(private=False)]})
        elif path == "/authorize":
            self.say(302, {"Location": self.issuer.authorize(asked)}, b"")
        elif path == "/session/end":
            self.say(302, {"Location": asked["post_logout_redirect_uri"]}, b"")
        elif path == "/userinfo" and self.headers["Authorization"].removeprefix("Bearer ") in self.issuer.tokens:
            self.say(200, {"Content-Type": "application/jwt"}, self.issuer.user().encode())
        else:
            self.tell(401, {})

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        path = self.path.removeprefix("/api/v2")
        self.issuer.asked.append((path, form))
        if path in self.issuer.answers:
            self.say(*self.issuer.answers[path])
        else:
            self.tell(*self.issuer.redeem(form))

    def tell(self, status: int, told: dict[str, Any]) -> None:
        self.say(status, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def running_issuer(**person: Any) -> Iterator[Issuer]:
    issuer = Issuer(person=person)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"issuer": issuer}))
    issuer.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
