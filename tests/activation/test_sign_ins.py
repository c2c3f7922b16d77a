"""The own page's list of sign-ins: when, and by what; seen by the holder alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actions.activation import note_sign_in
from accounts.actions.holder_sign_ins import SHOWN, last_sign_ins
from accounts.models import HolderSignIn
from educonnect_admin.toolkit.scope import holder_scope, scope
from tests.activation.conftest import ACCOUNT, NEW, Holder
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


def test_each_sign_in_is_a_line(holder: Holder) -> None:
    holder.activate()
    holder.client = Client()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        holder.sign_in(NEW)
        note_sign_in(account_id=holder.student.pk, now=timezone.now(), service="Pronote <b>")
        page = holder.client.get(ACCOUNT)
    assert words(page).count("(ici, avec le mot de passe)") == 2
    assert "(Pronote &lt;b&gt;)" in page.content.decode()


def test_the_newest_come_first_and_ten_at_most(holder: Holder) -> None:
    start = timezone.now()
    for number in range(SHOWN + 5):
        note_sign_in(account_id=holder.student.pk, now=start + timedelta(minutes=number))
    moments = [line.at for line in last_sign_ins(holder.student.pk)]
    assert moments == sorted(moments, reverse=True)
    assert moments[0] == start + timedelta(minutes=SHOWN + 4)
    assert len(moments) == SHOWN


def test_nobody_else_sees_them(holder: Holder) -> None:
    holder.activate()
    assert len(last_sign_ins(holder.student.pk)) == 1
    assert last_sign_ins(uuid4()) == []
    with transaction.atomic(), holder_scope(uuid4()):
        assert HolderSignIn.objects.count() == 0
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, scope(holder.school.uai):
        HolderSignIn.objects.count()


def test_nobody_writes_one_for_another(holder: Holder) -> None:
    denied = pytest.raises(ProgrammingError, match="row-level security")
    with denied, transaction.atomic(), holder_scope(uuid4()):
        HolderSignIn.objects.create(account_id=holder.student.pk, at=timezone.now())
