"""What a request carries once the middleware has looked at it: one type for each audience of `walls`."""

from django_htmx.middleware import HtmxDetails

from accounts.models import Mandate, Staff
from accounts.permissions import ActiveMandate
from educonnect_admin.toolkit.logs import TracedRequest
from educonnect_admin.toolkit.network import Address


class ConsoleRequest(TracedRequest):
    """Anyone's. `client_address` is None where it cannot be told, `mandate` outside the pages of a school."""

    client_address: Address | None
    htmx: HtmxDetails
    mandate: ActiveMandate | None
    mandates: list[Mandate]


class SignedInRequest(ConsoleRequest):
    """A member of staff's."""

    user: Staff


class SchoolRequest(SignedInRequest):
    """Of someone whose current mandate opens the page."""

    mandate: ActiveMandate
