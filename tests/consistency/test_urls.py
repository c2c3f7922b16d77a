"""Every address declares who may come, names its school in the path, and is written alike."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.walls import Audience, Rule

SCHOOL = "etablissements/<str:uai>/"
PATH = re.compile(r"(?:(?:[a-z0-9]+(?:-[a-z0-9]+)*|<(?:str|uuid|slug|int):[a-z]+>)/)*")
NAME = re.compile(r"[a-z]+(?:_[a-z]+)*")

SET_BY_A_PROTOCOL = {"oidc/.well-known/openid-configuration"}

# The closed list of what answers without a sign-in.
OPEN_TO_ANYONE = {
    "accessibility",
    "activation",
    "activation_birth_date",
    "activation_children",
    "activation_email",
    "mailed_link",
    "activation_password",
    "activation_waiting",
    "demonstration",
    "email_confirmation",
    "forgotten_password",
    "france_connect",
    "france_connect_return",
    "france_connect_tie",
    "front_door",
    "health",
    "health_alive",
    "health_ready",
    "help",
    "holder_account",
    "holder_code",
    "holder_email",
    "holder_email_link",
    "holder_forgotten",
    "holder_identifier",
    "holder_new_password",
    "holder_not_me",
    "holder_sign_out",
    "invitation",
    "legal",
    "oidc_authorization",
    "oidc_configuration",
    "oidc_identity",
    "oidc_keys",
    "oidc_revocation",
    "oidc_tokens",
    "password_reset",
    "sign_in",
    "sign_in_otp",
    "sign_in_recovery",
    "signed_out",
}


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every path with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, path)
        else:
            yield path, entry


ADDRESSES = [pytest.param(path, pattern, id=pattern.name) for path, pattern in addresses()]


def rule_of(pattern: URLPattern) -> Rule:
    return pattern.callback.rule


@pytest.mark.parametrize(("path", "pattern"), ADDRESSES)
def test_declares_who_may_come(path: str, pattern: URLPattern) -> None:
    rule = rule_of(pattern)
    assert isinstance(rule, Rule)
    assert rule.methods
    assert set(rule.step_up) <= set(rule.methods)
    assert (rule.permission is not None) == (rule.audience is Audience.MANDATED)


@pytest.mark.parametrize(("path", "pattern"), ADDRESSES)
def test_school_is_in_the_path_of_its_pages_and_of_no_other(path: str, pattern: URLPattern) -> None:
    assert path.startswith(SCHOOL) == (rule_of(pattern).audience is Audience.MANDATED)
    assert path.count("<str:uai>") == path.startswith(SCHOOL)


@pytest.mark.parametrize(("path", "pattern"), ADDRESSES)
def test_is_written_like_the_others(path: str, pattern: URLPattern) -> None:
    assert PATH.fullmatch(path) or path in SET_BY_A_PROTOCOL
    assert NAME.fullmatch(pattern.name or "")


def test_names_and_paths_are_unique() -> None:
    paths, patterns = zip(*addresses(), strict=True)
    assert len(set(paths)) == len(paths)
    assert len({pattern.name for pattern in patterns}) == len(patterns)


def test_open_to_anyone_is_a_closed_list() -> None:
    found = {pattern.name for _, pattern in addresses() if rule_of(pattern).audience is Audience.ANYONE}
    assert found == OPEN_TO_ANYONE


def test_the_walls_stand_after_all_that_they_read() -> None:
    """Session, person, key and htmx are known when `WallsMiddleware` decides; nothing answers behind it."""
    assert settings.MIDDLEWARE[-1] == "accounts.middleware.WallsMiddleware"
