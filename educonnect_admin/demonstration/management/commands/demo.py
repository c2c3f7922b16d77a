"""manage.py demo FILE"""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.actions.feeds import Plan, apply_delivery
from accounts.actions.journal import SYSTEM
from accounts.feeds.delivery import read_delivery
from accounts.feeds.invent import SchoolKind, SchoolPlan, write_delivery
from accounts.models import School, Staff
from educonnect_admin.demonstration.doubts import doubt
from educonnect_admin.demonstration.lives import live
from educonnect_admin.demonstration.people import CAST, COLLEGE, LYCEE, invent_people, write_people
from stats.days import first_day, starts_at
from stats.tasks import keep_daily_figures

SEED = 990
SCHOOLS = (
    SchoolPlan(uai=COLLEGE, name="CLG DES ÉTOILES", kind=SchoolKind.COLLEGE, pupils=600),
    SchoolPlan(uai=LYCEE, name="LGT DES RIVIÈRES", kind=SchoolKind.LYCEE, pupils=450, old_links=True),
)


class Command(BaseCommand):
    help = "Invent the demo: two schools from an invented delivery, staff of each role, lives since 1 September."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("people", type=Path, metavar="FILE", help="where their passwords and keys are written")

    def handle(self, *args: Any, people: Path, **options: Any) -> None:
        if people.exists() and School.objects.filter(is_demo=True).exists():
            return
        now = timezone.localtime()
        with tempfile.TemporaryDirectory() as folder:
            write_delivery(Path(folder), SCHOOLS, now.date(), SEED)
            apply_delivery(actor=SYSTEM, delivery=read_delivery(Path(folder)), plan=Plan(now.date()))
        contact = "le secrétariat du collège ou du lycée, de 8 h à 17 h"
        School.objects.update(
            is_demo=True, contact=contact, created_at=starts_at(first_day(now.date()), timezone.get_current_timezone())
        )
        cast = invent_people(now)
        head = Staff.objects.get(username=CAST[0].username)
        for plan in SCHOOLS:
            live(plan.uai, now, head)
        doubt(COLLEGE, now)
        keep_daily_figures()
        write_people(people, cast)
