"""Rows for tests, with traits for what recurs. What belongs to a school is made inside its scope."""

from datetime import date, timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import models
from accounts.enums import AccountState, Relation, Role
from educonnect_admin.toolkit.text import fold, natural_key

PASSWORD = "Une-phrase-de-passe-42"
PASSWORD_HASH = make_password(PASSWORD)


class SchoolFactory(factory.django.DjangoModelFactory[models.School]):
    class Meta:
        model = models.School
        django_get_or_create = ("uai",)

    uai = "0510001Z"
    name = "Collège des Étoiles"
    academy_code = 19
    academy_name = "Reims"


class ClassroomFactory(factory.django.DjangoModelFactory[models.Classroom]):
    class Meta:
        model = models.Classroom
        django_get_or_create = ("school", "code")

    school = factory.SubFactory(SchoolFactory)
    code = "5EME A"
    sort_key = factory.LazyAttribute(lambda room: natural_key(room.code))


class StudentFactory(factory.django.DjangoModelFactory[models.Student]):
    class Meta:
        model = models.Student

    class Params:
        notified = factory.Trait(
            state=AccountState.NOTIFIED,
            provisional_hash=b"\x01" + b"n" * 32,
            provisional_expires_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=60)),
            notified_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=30)),
        )
        expired = factory.Trait(
            state=AccountState.NOTIFIED,
            provisional_hash=b"\x01" + b"e" * 32,
            provisional_expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )
        activated = factory.Trait(state=AccountState.ACTIVATED, origin="notification", password="!")
        blocked = factory.Trait(state=AccountState.BLOCKED, blocked_reason="Compte prêté à un tiers")
        leaving = factory.Trait(closing_on=factory.LazyFunction(lambda: date.today() + timedelta(days=80)))

    username = factory.Sequence(lambda n: f"e.etoile{n}")
    first_name = "Electre"
    last_name = factory.Sequence(lambda n: f"ÉTOILE {n:04}")
    birth_date = date(2014, 3, 14)


class SchoolingFactory(factory.django.DjangoModelFactory[models.Schooling]):
    class Meta:
        model = models.Schooling

    school = factory.SubFactory(SchoolFactory)
    student = factory.SubFactory(StudentFactory)
    classroom = factory.SubFactory(ClassroomFactory, school=factory.SelfAttribute("..school"))
    sort_key = factory.LazyAttribute(lambda row: fold(row.student.name))
    search_key = factory.LazyAttribute(lambda row: f"{fold(row.student.name)} {row.student.username}")


class GuardianFactory(factory.django.DjangoModelFactory[models.Guardian]):
    class Meta:
        model = models.Guardian

    username = factory.Sequence(lambda n: f"o.orme{n}")
    first_name = "Ondine"
    last_name = factory.Sequence(lambda n: f"ORME {n:04}")
    sort_key = factory.LazyAttribute(lambda person: fold(f"{person.last_name} {person.first_name}"))
    email = "ondine.orme@example.org"
    mobile = "+33639980059"


class GuardianshipFactory(factory.django.DjangoModelFactory[models.Guardianship]):
    class Meta:
        model = models.Guardianship

    school = factory.SubFactory(SchoolFactory)
    student = factory.SubFactory(StudentFactory)
    guardian = factory.SubFactory(GuardianFactory)
    relation = Relation.LEGAL
    link = "10"
    rank = 1


class StaffFactory(factory.django.DjangoModelFactory[models.Staff]):
    class Meta:
        model = models.Staff

    username = factory.Sequence(lambda n: f"p.agent{n}")
    first_name = "Procyon"
    last_name = factory.Sequence(lambda n: f"AGENT {n}")
    email = factory.LazyAttribute(lambda staff: f"{staff.username}@example.org")
    password = PASSWORD_HASH


class MandateFactory(factory.django.DjangoModelFactory[models.Mandate]):
    class Meta:
        model = models.Mandate
        skip_postgeneration_save = True

    staff = factory.SubFactory(StaffFactory)
    school = factory.SubFactory(SchoolFactory)
    role = Role.HEAD
    group = factory.LazyAttribute(lambda mandate: Group.objects.get(name=Role(mandate.role).label))
    whole_school = True
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))

    @factory.post_generation
    def rooms(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not None:
            self.whole_school = False
            self.save()
            self.classrooms.set(extracted)
