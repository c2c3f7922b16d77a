"""A security key in software: signs as WebAuthn says, or wrongly where a test wants it to."""

import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
RP_ID, ORIGIN = "localhost", "http://localhost"


@dataclass
class Authenticator:
    """One key: its id, its private half, its count."""

    credential_id: bytes = b"an-invented-credential-id"
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0
    origin: str = ORIGIN
    rp_id: str = RP_ID
    flags: int = PRESENT | VERIFIED

    def record(self, options: str) -> str:
        """The answer to a page that records a key."""
        client = self._client_data("webauthn.create", options)
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + self._public()
        data = self._authenticator_data(self.flags | WITH_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def show(self, options: str) -> str:
        """The answer to a page that asks for a known key."""
        self.count += 1
        client = self._client_data("webauthn.get", options)
        data = self._authenticator_data(self.flags)
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client_data(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        return sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _public(self) -> bytes:
        numbers = self.private.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return cbor2.dumps({1: 2, 3: -7, -1: 1, **point})

    def _answer(self, **response: Any) -> str:
        name = bytes_to_base64url(self.credential_id)
        told = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": told})
