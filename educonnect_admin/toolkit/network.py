"""Where a request comes from. The peer's address counts; a forwarded one only through listed proxies."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse(text: str) -> Address | None:
    """An address, an IPv4-mapped IPv6 one as IPv4; None when it is not one."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def within(address: Address | None, networks: Sequence[Network]) -> bool:
    """Whether the address stands in one of the networks. Unknown is outside."""
    return address is not None and any(
        address.version == network.version and address in network for network in networks
    )


def client_address(request: HttpRequest, proxies: Sequence[Network]) -> Address | None:
    """The nearest address that is not a listed proxy, `X-Forwarded-For` being read from the right.

    None means that it cannot be told (a malformed entry on the way): callers must take it as outside. What stands
    left of the first unlisted address was written by the client and is never read.
    """
    address = parse(request.META.get("REMOTE_ADDR", ""))
    if not within(address, proxies):
        return address
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    for hop in reversed(forwarded.split(",") if forwarded else []):
        address = parse(hop)
        if not within(address, proxies):
            return address
    return address
