"""The key that a form carries: the same form sent twice asks for the same thing once."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from accounts.requests import SchoolRequest

FIELD = "cle"


def form_key(request: SchoolRequest, *wish: Any) -> UUID:
    """The key of what this form asks for. Without one, or with an odd one: a new wish.

    Bound to the school and to the `wish`: the same form filled in otherwise is another, and a key taken from elsewhere
    brings nothing back.
    """
    try:
        return uuid5(UUID(request.POST.get(FIELD, "")), " ".join(map(str, (request.mandate.uai, *wish))))
    except ValueError:
        return uuid4()
