"""Addresses of runs, their documents, and the simplified module."""

from django.urls import path

from notifications.views import (
    follow_up,
    freeze,
    guardian_reminders,
    guardian_runs,
    letterhead,
    reminders,
    rescue,
    run_documents,
    run_mails,
    runs,
)

SCHOOL = "etablissements/<str:uai>"

urlpatterns = [
    path(f"{SCHOOL}/eleves/notifier/", runs.notify_selection, name="notify_selection"),
    path(f"{SCHOOL}/eleves/<uuid:pk>/notifier/", runs.student_notify, name="student_notify"),
    path(f"{SCHOOL}/eleves/<uuid:pk>/rappel/", reminders.student_reminder, name="student_reminder"),
    path(f"{SCHOOL}/eleves/rappels/", reminders.students_reminders, name="students_reminders"),
    path(f"{SCHOOL}/eleves/rappels/choix/", reminders.students_reminders_chosen, name="students_reminders_chosen"),
    path(f"{SCHOOL}/responsables/notifier/", guardian_runs.guardians_notify, name="guardians_notify"),
    path(f"{SCHOOL}/responsables/<uuid:pk>/notifier/", guardian_runs.guardian_notify, name="guardian_notify"),
    path(f"{SCHOOL}/responsables/<uuid:pk>/rappel/", guardian_reminders.guardian_reminder, name="guardian_reminder"),
    path(f"{SCHOOL}/responsables/rappels/", guardian_reminders.guardians_reminders, name="guardians_reminders"),
    path(
        f"{SCHOOL}/responsables/rappels/choix/",
        guardian_reminders.guardians_reminders_chosen,
        name="guardians_reminders_chosen",
    ),
    path(f"{SCHOOL}/gel/", freeze.freeze_school, name="freeze"),
    path(f"{SCHOOL}/reglages/courriers/", letterhead.letterhead, name="letterhead"),
    path(f"{SCHOOL}/reglages/courriers/apercu/", letterhead.letterhead_preview, name="letterhead_preview"),
    path(f"{SCHOOL}/operations/", runs.runs, name="runs"),
    path(f"{SCHOOL}/operations/<uuid:pk>/", runs.run, name="run"),
    path(f"{SCHOOL}/operations/<uuid:pk>/lancer/", runs.run_launch, name="run_launch"),
    path(f"{SCHOOL}/operations/<uuid:pk>/arreter/", runs.run_cancel, name="run_cancel"),
    path(f"{SCHOOL}/operations/<uuid:pk>/detruire/", runs.run_destroy, name="run_destroy"),
    path(f"{SCHOOL}/operations/<uuid:pk>/suivi/", follow_up.run_follow_up, name="run_follow_up"),
    path(f"{SCHOOL}/operations/<uuid:pk>/courriels/", run_mails.run_mails, name="run_mails"),
    path(f"{SCHOOL}/operations/<uuid:pk>/suivi/marquer/", follow_up.run_mark, name="run_mark"),
    path(f"{SCHOOL}/operations/<uuid:pk>/suivi/relancer/", follow_up.run_rest, name="run_rest"),
    path(
        f"{SCHOOL}/operations/<uuid:pk>/documents/<slug:slug>/",
        run_documents.run_document,
        name="run_document",
    ),
    path(f"{SCHOOL}/depannage/", rescue.rescue_home, name="rescue_home"),
    path(f"{SCHOOL}/depannage/eleves/", rescue.rescue_students, name="rescue_students"),
    path(f"{SCHOOL}/depannage/eleves/recherche/", rescue.rescue_search, name="rescue_search"),
    path(
        f"{SCHOOL}/depannage/eleves/reinitialiser/",
        rescue.rescue_reset_selection,
        name="rescue_reset_selection",
    ),
    path(f"{SCHOOL}/depannage/eleves/<uuid:pk>/reinitialiser/", rescue.rescue_reset, name="rescue_reset"),
    path(f"{SCHOOL}/depannage/eleves/<uuid:pk>/", rescue.rescue_handout, name="rescue_handout"),
    path(f"{SCHOOL}/depannage/eleves/<uuid:pk>/afficher/", rescue.rescue_reveal, name="rescue_reveal"),
]
