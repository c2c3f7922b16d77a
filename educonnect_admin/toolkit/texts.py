"""A text message (SMS), by whatever sender the settings name: a function of a number (+33612345678) and a text.

It raises OSError when it takes none: the message then waits and is tried again, as mails are.
"""

import sys
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string


def is_on() -> bool:
    """Whether messages can be sent at all: without a sender nothing on the site offers them."""
    return bool(settings.TEXT_SENDER)


def send_text(number: str, body: str) -> None:
    """Hand a message to the sender now."""
    send = cast(Callable[[str, str], None], import_string(settings.TEXT_SENDER))
    send(number, body)


def to_console(number: str, body: str) -> None:
    """Shown where the worker runs. For development: what a message says is nobody else's."""
    sys.stdout.write(f"SMS {number}: {body}\n")
