"""What is forgotten in time."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import SignInTry

TRIES_KEPT = timedelta(days=1)


@shared_task
def forget() -> None:
    """Tries to sign in that no longer slow anybody down, and sessions that have ended."""
    now = timezone.now()
    SignInTry.objects.filter(at__lt=now - TRIES_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
