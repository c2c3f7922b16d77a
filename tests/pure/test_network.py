"""Where a request comes from: no header that a client writes brings it inside (security.md, A6)."""

import random
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from django.test import RequestFactory
from hypothesis import example, given, settings
from hypothesis import strategies as st

from educonnect_admin.toolkit.network import client_address, parse, within

PROXIES = (ip_network("10.0.0.0/24"), ip_network("fd00::/64"))
INSIDE = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))

addresses = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.ip_addresses(v=4, network="192.0.2.0/24").map(str),
    st.ip_addresses(v=6, network="2001:db8::/32").map(str),
    st.ip_addresses(v=4, network="10.0.0.0/24").map(str),
)
nonsense = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    st.sampled_from(["", " ", "unknown", "192.0.2.1:80", "[2001:db8::1]", "192.0.2.1 192.0.2.1", "192.0.2.01", "_x"]),
)
outsiders = st.one_of(st.ip_addresses(v=4, network="198.51.100.0/24"), st.ip_addresses(v=6, network="2620::/16"))


def found(peer: str, forwarded: str | None) -> str | None:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    address = client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers), PROXIES)
    return str(address) if address else None


@settings(max_examples=1000)
@given(
    claimed=st.lists(st.one_of(addresses, nonsense), max_size=6),
    real=outsiders,
    through=st.lists(st.ip_addresses(v=4, network="10.0.0.0/24"), max_size=3),
)
@example(claimed=["192.0.2.10"], real=ip_address("198.51.100.7"), through=[])
def test_what_stands_left_of_the_real_client_is_never_read(claimed: list[str], real: object, through: list) -> None:
    header = ", ".join([*claimed, str(real), *map(str, through)])
    assert found("10.0.0.1", header) == str(real)


@settings(max_examples=500)
@given(peer=outsiders, header=st.lists(st.one_of(addresses, nonsense), max_size=6).map(", ".join))
def test_a_peer_that_is_no_proxy_is_the_client_whatever_it_says(peer: object, header: str) -> None:
    assert found(str(peer), header) == str(peer)


broken = nonsense.filter(lambda text: text.strip() and not parse(text) and "," not in text)


@settings(max_examples=500)
@given(left=st.lists(addresses, max_size=3), hop=broken)
def test_a_broken_hop_means_outside(left: list[str], hop: str) -> None:
    assert found("10.0.0.1", ", ".join([*left, hop, "10.0.0.2"])) is None
    assert not within(None, INSIDE)


@pytest.mark.parametrize("header", [",", ", 10.0.0.2", "198.51.100.7, , 10.0.0.2"])
def test_an_empty_hop_means_outside(header: str) -> None:
    assert found("10.0.0.1", header) is None


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.10", "192.0.2.10"),
        ("10.0.0.1", "::ffff:192.0.2.10", "192.0.2.10"),
        ("::ffff:10.0.0.1", "192.0.2.10", "192.0.2.10"),
        ("10.0.0.1", " 198.51.100.1 ,\t192.0.2.10 ", "192.0.2.10"),
        ("10.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("", "192.0.2.10", None),
        ("/run/socket", "192.0.2.10", None),
    ],
)
def test_which_address_it_is(peer: str, header: str | None, address: str | None) -> None:
    assert found(peer, header) == address


@pytest.mark.parametrize("inside", ["192.0.2.0", "192.0.2.255", "2001:db8::1"])
@pytest.mark.parametrize("outside", ["192.0.3.0", "192.0.1.255", "2001:db9::1", "::1", "10.0.0.1"])
def test_within_the_admin_network(inside: str, outside: str) -> None:
    assert within(parse(inside), INSIDE)
    assert not within(parse(outside), INSIDE)
    assert not within(parse(inside), ())


PIECES = [
    "",
    " ",
    "unknown",
    "192.0.2.10",
    "::ffff:192.0.2.10",
    "2001:db8::1",
    "10.0.0.9",
    "fd00::9",
    "192.0.2.1:80",
    "_x",
]


@pytest.mark.parametrize("sets", [300, pytest.param(100_000, marks=pytest.mark.slow)])
def test_no_generated_set_of_headers_brings_an_outsider_inside(sets: int) -> None:
    """Whatever the client writes, its proxies append its true address: that one is found."""
    chance = random.Random(20261124)  # noqa: S311  # drawn alike each time, not secret
    for _ in range(sets):
        true = IPv4Address(chance.randrange(0xC6336400, 0xC6336500))
        told = str(chance.choice([true, f"::ffff:{true}", IPv6Address(f"2620::{chance.randrange(1, 0xFFFF):x}")]))
        claimed = chance.choices(PIECES, k=chance.randrange(6))
        through = chance.choices(["10.0.0.7", "fd00::7", "::ffff:10.0.0.8"], k=chance.randrange(3))
        address = found(chance.choice(["10.0.0.1", "fd00::1"]), ",".join([*claimed, told, *through]))
        assert address == str(parse(told))
        assert not within(parse(address), INSIDE)
