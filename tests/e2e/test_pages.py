"""Every page, as it stands in a browser: no finding of axe-core, nothing scrolls sideways, at four widths.

With PICTURES=FOLDER in the environment they are photographed as well (conftest.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.actions.test_mailed_links import report
from tests.e2e.conftest import keep, photograph, sign_in
from tests.running import Console

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]
WIDTHS = (1280, 768, 360, 320)
JUDGED = 1280
"""The width at which axe-core looks at a page of the console: all is shown there. At the others only that nothing
scrolls sideways; three other engines look at three widths (script/judges)."""

FIRST_PUPIL = "first pupil of the list, "
FIRST_GUARDIAN = "first guardian of the list, "
"""In place of the beginning of an address that holds a person's id."""

HEAD_PAGES = {
    "portail": "/portail/",
    "accueil": "/etablissements/0510001Z/",
    "eleves": "/etablissements/0510001Z/eleves/",
    "eleve": FIRST_PUPIL,
    "eleve-modifier": f"{FIRST_PUPIL}modifier/",
    "eleve-bloquer": f"{FIRST_PUPIL}bloquer/",
    "eleve-debloquer": f"{FIRST_PUPIL}debloquer/",
    "eleve-historique": f"{FIRST_PUPIL}historique/",
    "eleves-export": "/etablissements/0510001Z/eleves/export/",
    "eleves-export-erreur": "/etablissements/0510001Z/eleves/export/?format=x",
    "responsables": "/etablissements/0510001Z/responsables/",
    "responsable": FIRST_GUARDIAN,
    "responsable-modifier": f"{FIRST_GUARDIAN}modifier/",
    "responsable-bloquer": f"{FIRST_GUARDIAN}bloquer/",
    "responsable-historique": f"{FIRST_GUARDIAN}historique/",
    "responsables-export": "/etablissements/0510001Z/responsables/export/",
    "statistiques": "/etablissements/0510001Z/statistiques/",
    "evolution": "/etablissements/0510001Z/statistiques/evolution/",
    "evolution-refusee": "/etablissements/0510001Z/statistiques/evolution/?du=2026-11-20&au=2026-11-02&classe=x",
    "mes-etablissements": "/etablissements/0510001Z/statistiques/etablissements/",
    "responsables-limites": "/etablissements/0510001Z/responsables/?mobile=sans&connexion=jamais",
    "operations": "/etablissements/0510001Z/operations/",
    "aucun-resultat": "/etablissements/0510001Z/eleves/?etat=closed",
    "filtre-inconnu": "/etablissements/0510001Z/eleves/?classe=x&etat=y",
    "delegations": "/etablissements/0510001Z/delegations/",
    "delegation": "/etablissements/0510001Z/delegations/nouvelle/",
    "delegations-renouvellement": "/etablissements/0510001Z/delegations/renouvellement/",
    "reglages": "/etablissements/0510001Z/reglages/",
    "reglages-courriers": "/etablissements/0510001Z/reglages/courriers/",
    "alimentations": "/etablissements/0510001Z/alimentations/",
    "journal": "/etablissements/0510001Z/journal/",
    "journal-periode-refusee": "/etablissements/0510001Z/journal/?du=2026-09-02&au=2026-09-01",
    "journal-vide": "/etablissements/0510001Z/journal/?au=2020-09-01",
    "mon-compte": "/mon-compte/",
    "mon-mot-de-passe": "/mon-compte/mot-de-passe/",
    "introuvable": "/etablissements/0080001H/",
    "gel": "/etablissements/0510001Z/gel/",
    "preuve": "/connexion/preuve/",
}
RUNS = "/etablissements/0510001Z/operations/"
TEACHER_PAGES = {
    "depannage-accueil": "/etablissements/0510001Z/depannage/",
    "depannage": "/etablissements/0510001Z/depannage/eleves/",
    "interdit": "/etablissements/0510001Z/eleves/",
    "cle": "/connexion/cle/",
}
OPEN_PAGES = {
    "courriel-lien-invalide": "/courriel/never-made/",
    "connexion": "/connexion/",
    "mot-de-passe-oublie": "/connexion/mot-de-passe-oublie/",
    "mot-de-passe-lien-invalide": "/mot-de-passe/MQ/never-made/",
    "activation": "/activation/",
    "activation-identifiant-oublie": "/activation/identifiant/",
    "activation-mot-de-passe-oublie": "/activation/oubli/",
    "demonstration": "/demonstration/",
    "aide": "/aide/",
    "accessibilite": "/accessibilite/",
    "mentions-legales": "/mentions-legales/",
}


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    context = browser.new_context(base_url=console.base_url, bypass_csp=True, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_pages_of_anyone(page: Page) -> None:
    visit(page, OPEN_PAGES)


def test_pages_of_a_head(page: Page, console: Console) -> None:
    sign_in(page, console.people()["head_of_two_schools"])
    visit(page, HEAD_PAGES)


def test_pages_of_a_teacher(page: Page, console: Console) -> None:
    sign_in(page, console.people()["teacher"])
    visit(page, TEACHER_PAGES)


def test_page_without_a_mandate(page: Page, console: Console) -> None:
    sign_in(page, console.people()["revoked"])
    visit(page, {"sans-delegation": "/portail/", "refus": "/etablissements/0510001Z/"})


def test_pages_behind_links_of_mails(page: Page, console: Console) -> None:
    newcomer = ("invite", "n.venue", "--first-name=Nora", "--last-name=Venue", "--email=n.venue@example.org")
    assert console.manage("staff", *newcomer, f"--base-url={console.base_url}").returncode == 0
    page.goto("/connexion/mot-de-passe-oublie/")
    page.get_by_role("textbox", name="Identifiant").fill(console.people()["teacher"]["username"])
    page.get_by_role("button", name="Recevoir un lien").click()
    visit(page, {}, shown="mot-de-passe-oublie-demande")
    visit(
        page, {"invitation": link_of_mail(page, "invitation"), "mot-de-passe-choix": link_of_mail(page, "mot-de-passe")}
    )


def test_pages_of_what_is_to_settle(page: Page, console: Console) -> None:
    """A tie in dispute, settled wrongly; two accounts side by side, the family's sheet, a merge that can be undone."""
    sign_in(page, console.people()["head_of_two_schools"])
    page.goto("/etablissements/0510001Z/responsables/liens-contestes/")
    visit(page, {}, shown="liens-contestes")
    page.locator("main table a").first.click()
    page.get_by_role("button", name="Régler ce lien").click()
    visit(page, {}, shown="lien-conteste-refuse")
    page.goto("/etablissements/0510001Z/responsables/doublons/")
    visit(page, {}, shown="doublons")
    page.locator("main table a").first.click()
    visit(page, {}, shown="doublon")
    page.get_by_role("button", name="Remettre à la famille").click()
    visit(page, {}, shown="doublon-feuillet")
    page.get_by_role("link", name="Doublon probable").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Réunir les deux comptes").click()
    visit(page, {}, shown="doublons-reunis")


def test_pages_of_a_run(page: Page, console: Console) -> None:
    """Before it, while it waits for a worker, done, its refused accounts; and one pupil's reset with its password."""
    sign_in(page, console.people()["head_of_two_schools"])
    page.goto("/etablissements/0510001Z/eleves/?tout=1")
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    visit(page, {}, shown="operation-avant")
    console.stop("worker")
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    visit(page, {}, shown="operation-en-attente")
    console.start_worker()
    page.get_by_role("heading", name="Terminée").wait_for()
    run = page.url
    visit(page, {"operation-finie": run, "operation-laisses": f"{run}?issue=laisses", "operations-liste": RUNS})
    page.goto(f"{run}suivi/")
    page.get_by_role("checkbox", name=re.compile("Tous les courriers")).first.check()
    page.get_by_role("button", name="Noter remis").last.click()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    visit(page, {}, shown="operation-suivi")
    visit(page, {"operation-courriels": f"{run}courriels/", "lien-sans-effet": "/activation/lien/x/"})
    visit_mails(page, console, run)
    page.goto("/etablissements/0510001Z/depannage/eleves/")
    page.get_by_role("button", name=re.compile("Réinitialiser le mot de passe de")).first.click()
    visit(page, {}, shown="depannage-remise")
    page.get_by_role("button", name="Afficher le mot de passe").click()
    visit(page, {}, shown="depannage-mot-de-passe")


def visit_mails(page: Page, console: Console, run: str) -> None:
    """A run's links by mail: sent; what one opens; and one that came back, wherever its letter is told."""
    page.goto(f"{run}courriels/")
    page.get_by_role("button", name=re.compile(r"Envoyer \d+ messages")).click()
    page.get_by_text("en partance").wait_for()
    visit(page, {"lien-courriel": link_of_mail(page, "activation/lien")})
    sent = [path.read_text() for path in (console.data / "mails").glob("*.log")]
    names = [re.findall(r"^Message-ID: <([^@]+)", mail, re.MULTILINE)[-1] for mail in sent if "activation/lien" in mail]
    folder = console.data / "reports"
    folder.mkdir()
    (folder / "returned").write_bytes(report(names[0]))
    read = f"from accounts.actions.delivery_reports import read_reports; assert read_reports({str(folder)!r}) == 1"
    assert console.manage("shell", "-v", "0", "-c", read).returncode == 0
    page.goto(f"{run}courriels/")
    lost = page.get_by_role("row").filter(has_text="Non distribué")
    room = lost.get_by_role("cell").first.inner_text()
    visit(page, {"operation-courriels-partis": f"{run}courriels/"})
    page.goto(f"{run}suivi/")
    page.get_by_role("rowheader", name=room).get_by_role("link").click()
    page.get_by_text("Imprimez son courrier").wait_for()
    visit(page, {}, shown="operation-suivi-courriel")
    visit(page, {"operation-resultats-courriel": f"{run}?par_page=100"})


def link_of_mail(page: Page, part: str) -> str:
    """The address in the newest mail that has this part of an address, as the demonstration's page shows it."""
    link = page.locator(f'pre a[href*="/{part}/"]').first
    for _ in range(50):
        page.goto("/demonstration/")
        if link.count():
            break
        page.wait_for_timeout(200)
    return link.get_attribute("href") or ""


SEND = """([fields, big]) => {
    const form = document.querySelector("main form")
    for (let i = 0; i < fields; i++) form.append(Object.assign(document.createElement("input"), {name: "n" + i}))
    form.append(Object.assign(document.createElement("input"), {name: "big", type: "hidden", value: "x".repeat(big)}))
    form.noValidate = true
    form.submit()
}"""
"""Sends the page's form with so many fields more and one of so many characters."""


def test_pages_of_refused_forms(page: Page) -> None:
    refused = {"formulaire-trop-de-champs": (600, 0, 400), "formulaire-trop-grand": (0, 3_000_000, 413)}
    for name, (fields, characters, status) in refused.items():
        page.goto("/connexion/")
        with page.expect_navigation() as answer:
            page.evaluate(SEND, [fields, characters])
        assert answer.value.status == status
        visit(page, {}, shown=name)
    page.goto("/connexion/")
    page.context.clear_cookies()
    with page.expect_navigation() as answer:
        page.evaluate(SEND, [0, 0])
    assert answer.value.status == 403
    visit(page, {}, shown="formulaire-perime")


def visit(page: Page, pages: dict[str, str], shown: str = "") -> None:
    """Each page at each width; or the page that is there, as `shown`."""
    faults = []
    if shown:
        pages = {shown: ""}
    for name, address in pages.items():
        for first, where in ((FIRST_PUPIL, "eleves"), (FIRST_GUARDIAN, "responsables")):
            if address.startswith(first):
                page.goto(HEAD_PAGES[where])
                address = (page.locator("tbody a").first.get_attribute("href") or "") + address.removeprefix(first)
        if address:
            page.goto(address)
        keep(page, name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{name} at {width} px: {fault}" for fault in faults_of(page, judged=width == JUDGED)]
            photograph(page, name)
    assert not faults, "\n".join(faults)


def faults_of(page: Page, *, judged: bool = True) -> list[str]:
    """What is wrong with the page that is there, at the width that it has; `judged`: by axe-core too."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    told = [f"scrolls sideways by {wide} px"] if wide > 0 else []
    if judged:
        page.evaluate(AXE)
        found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
        told += [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
    return told
