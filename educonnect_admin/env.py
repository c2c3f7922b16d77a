"""Reads the environment once, with types. Nothing else in the project touches os.environ.

A value that is missing or malformed stops the start with the name of the variable: a console must never
run with a guessed key or an open network list.
"""

import base64
import ipaddress
from typing import Any

from environs import FileAwareEnv
from psycopg.conninfo import conninfo_to_dict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A secret may come from a file: SECRET_KEY_FILE in place of SECRET_KEY.
env = FileAwareEnv(strip_whitespace=True)


def database(variable: str) -> dict[str, Any]:
    """A Django DATABASES entry from a PostgreSQL URL (or keyword string) in `variable`."""
    parts = conninfo_to_dict(env.str(variable))
    known = {"dbname", "user", "password", "host", "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "OPTIONS": {name: value for name, value in parts.items() if name not in known},
        "CONN_HEALTH_CHECKS": True,
    }


def key_ring(variable: str) -> dict[int, bytes]:
    """Master keys by number, from "1:<base64 of 32 bytes>,2:...". The highest number seals; all of them open.

    The lowest also keeps the counters of identifiants and of sign-in tries: it is never taken out.

    Raises ValueError when a key is not 32 bytes or no key is given.
    """
    ring = {}
    entries: list[str] = env.list(variable)
    for entry in entries:
        number, _, encoded = entry.partition(":")
        ring[int(number)] = base64.b64decode(encoded, validate=True)
    if not ring or any(len(key) != 32 or not 0 < number < 256 for number, key in ring.items()):
        raise ValueError(f"{variable} wants at least one entry NUMBER:BASE64 of 32 bytes, NUMBER from 1 to 255")
    return ring


def listening(variable: str) -> tuple[str, int] | None:
    """Where to listen, from "HOST:PORT"; None where the variable is missing or empty: nowhere."""
    told: str = env.str(variable, default="")
    if not told:
        return None
    host, _, port = told.rpartition(":")
    if not host or not 0 < int(port) < 65536:
        raise ValueError(f"{variable} wants HOST:PORT")
    return host.strip("[]"), int(port)


def networks(variable: str) -> tuple[Network, ...]:
    """CIDR blocks, IPv4 or IPv6; an empty or missing variable is the empty list: nobody is inside."""
    blocks: list[str] = env.list(variable, default=[])
    return tuple(ipaddress.ip_network(block.strip()) for block in blocks if block.strip())
