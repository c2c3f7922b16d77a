import base64

import pytest

from script.local.totp import code_at

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_rfc_6238(moment: int, code: str) -> None:
    """Appendix B, SHA-1: the last six of its eight digits."""
    assert code_at(SECRET, moment) == code


def test_a_secret_is_read_without_padding_and_in_any_case() -> None:
    assert code_at("jbswy3dpeb3w64tmmq", 59) == code_at("JBSWY3DPEB3W64TMMQ======", 59)
