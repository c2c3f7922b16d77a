"""All that the journal tells of a pupil's account, page by page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import Schooling
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.views.account_history import history_page
from accounts.views.student_changes import note_page, opened
from accounts.walls import console_view


@console_view(Permission.VIEW_STUDENT, reads=note_page)
def student_history(request: SchoolRequest, pk: UUID) -> HttpResponse:
    rows = Schooling.objects.allowing(request.mandate, Permission.VIEW_STUDENT).select_related("student", "classroom")
    return history_page(request, opened(request, get_object_or_404(rows, student=pk)))
