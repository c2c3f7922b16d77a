"""Every way to a session is known (ASVS 6.1.3, 6.3.4): who makes one, and who adds a key to it."""

import ast

from tests.consistency.sources import APPS, functions, python_files

WAYS_IN = {
    ("login", "accounts/views/session.py", "_enter"): "password, then what the mandates want",
    ("otp_login", "accounts/views/session.py", "_enter"): "a key, or a recovery code, that was just weighed",
    ("otp_login", "accounts/views/session.py", "enter_with"): "as above, of somebody signed in already",
    ("otp_login", "accounts/views/keys.py", "_recorded"): "a key whose first code was just weighed",
    ("otp_login", "accounts/views/keys.py", "proof"): "a key that was just shown",
    ("otp_login", "accounts/views/security_keys.py", "_recorded"): "a key that was just recorded",
}


def test_a_session_is_made_in_one_place_and_a_key_added_where_it_was_shown() -> None:
    found = {
        (call.func.id, str(path), function.name)
        for path in python_files(*APPS)
        for function in functions(path)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("login", "otp_login")
    }
    assert found == set(WAYS_IN)


def test_nothing_writes_who_is_signed_in_by_hand() -> None:
    words = ("SESSION_KEY", "_auth_user_id", "HASH_SESSION_KEY", "DEVICE_ID_SESSION_KEY")
    named = {str(path) for path in python_files(*APPS) if any(word in path.read_text() for word in words)}
    assert named == {"accounts/models/session.py"}
