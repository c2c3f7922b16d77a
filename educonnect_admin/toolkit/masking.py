"""Contact details as lists may show them: enough to recognise one's own, not enough to use another's."""


def masked_email(address: str) -> str:
    """First letter and the domain.

    >>> masked_email("samir.acacia@example.org")
    's•••@example.org'
    """
    local, at, domain = address.partition("@")
    return f"{local[:1]}•••@{domain}" if at else ""


def masked_phone(number: str) -> str:
    """The last two digits.

    >>> masked_phone("+33639980059")
    '•• •• •• •• 59'
    """
    return f"•• •• •• •• {number[-2:]}" if number else ""
