"""Addresses of signing in, the portal, and the accounts of a school. Paths are French, names English."""

from django.urls import path

from accounts.views import (
    delegations,
    guardians,
    journal,
    keys,
    own_account,
    pages,
    portal,
    session,
    settings,
    student_export,
    students,
)

SCHOOL = "etablissements/<str:uai>"

urlpatterns = [
    path("", pages.front_door, name="front_door"),
    path("sante/", pages.health, name="health"),
    path("aide/", pages.help_page, name="help"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("mentions-legales/", pages.legal, name="legal"),
    path("connexion/", session.sign_in, name="sign_in"),
    path("connexion/code/", session.sign_in_otp, name="sign_in_otp"),
    path("connexion/cle/", keys.otp_enrol, name="otp_enrol"),
    path("connexion/preuve/", keys.proof, name="proof"),
    path("deconnexion/", session.sign_out, name="sign_out"),
    path("invitation/<str:uid>/<str:token>/", keys.invitation, name="invitation"),
    path("connexion/mot-de-passe-oublie/", own_account.forgotten_password, name="forgotten_password"),
    path("mot-de-passe/<str:uid>/<str:token>/", own_account.password_reset, name="password_reset"),
    path("mon-compte/", own_account.own_account, name="own_account"),
    path("mon-compte/mot-de-passe/", own_account.own_password, name="own_password"),
    path("portail/", portal.portal, name="portal"),
    path("mandat/", portal.switch_mandate, name="switch_mandate"),
    path(f"{SCHOOL}/eleves/", students.students, name="students"),
    path(f"{SCHOOL}/eleves/recherche/", students.students_search, name="students_search"),
    path(f"{SCHOOL}/eleves/export/", student_export.students_export, name="students_export"),
    path(f"{SCHOOL}/eleves/export/choix/", student_export.students_export_chosen, name="students_export_chosen"),
    path(f"{SCHOOL}/eleves/<uuid:pk>/", students.student, name="student"),
    path(f"{SCHOOL}/responsables/", guardians.guardians, name="guardians"),
    path(f"{SCHOOL}/responsables/recherche/", guardians.guardians_search, name="guardians_search"),
    path(f"{SCHOOL}/reglages/", settings.school_settings, name="school_settings"),
    path(f"{SCHOOL}/reglages/acces/", settings.settings_access, name="settings_access"),
    path(f"{SCHOOL}/reglages/mots-de-passe/", settings.settings_passwords, name="settings_passwords"),
    path(f"{SCHOOL}/journal/", journal.journal, name="journal"),
    path(f"{SCHOOL}/journal/export/", journal.journal_export, name="journal_export"),
    path(f"{SCHOOL}/delegations/", delegations.delegations, name="delegations"),
    path(f"{SCHOOL}/delegations/nouvelle/", delegations.delegation_give, name="delegation_give"),
    path(f"{SCHOOL}/delegations/recherche/", delegations.delegation_search, name="delegation_search"),
    path(f"{SCHOOL}/delegations/renouvellement/", delegations.delegations_renew, name="delegations_renew"),
    path(f"{SCHOOL}/delegations/<int:pk>/", delegations.delegation_change, name="delegation_change"),
    path(f"{SCHOOL}/delegations/<int:pk>/revocation/", delegations.delegation_revoke, name="delegation_revoke"),
]
