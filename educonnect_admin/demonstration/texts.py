"""Text messages of the demonstration: on the page that shows its mails."""

from django.core.mail import EmailMessage


def to_page(number: str, body: str) -> None:
    EmailMessage("SMS", body, None, [number]).send()
