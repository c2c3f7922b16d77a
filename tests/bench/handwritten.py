"""The baseline of pages: the same rows by a query written by hand, made HTML by joining strings.

It asks as the application's role in the school's scope, so that PostgreSQL's wall is on both sides, for the same rows,
columns and total, found by the same forgiving search; it knows no session, mandate, form, template or journal.
"""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any
from uuid import UUID

import psycopg

from accounts.enums import Origin, ShownState
from educonnect_admin.toolkit.text import fold, one_wrong_letter

Row = Sequence[Any]
BOX = 'name="eleve"'

SHOWN = """
    CASE WHEN a.state = 'closed' THEN 'closed' WHEN a.closing_on IS NOT NULL THEN 'leaving'
         WHEN a.state = 'notified' AND a.provisional_expires_at < now() THEN 'expired' ELSE a.state END
"""
ROWS = f"""
    SELECT s.student_id, a.last_name || ' ' || a.first_name, c.code, a.username, {SHOWN}, a.distributed_on,
           a.last_login_at, a.birth_date,
           EXISTS (SELECT 1 FROM schooling o WHERE o.uai = s.uai AND o.sort_key = s.sort_key AND o.id <> s.id)
      FROM schooling s JOIN student a ON a.id = s.student_id LEFT JOIN classroom c ON c.id = s.classroom_id
     WHERE s.uai = %(uai)s AND a.closing_on IS NULL AND a.state <> 'closed'
"""
COUNTED = """
    SELECT count(*) FROM schooling s JOIN student a ON a.id = s.student_id
     WHERE s.uai = %(uai)s AND a.closing_on IS NULL AND a.state <> 'closed'
"""
EXACT = "s.search_key LIKE '%%' || %(text)s || '%%'"
FORGIVEN = f" AND ({EXACT} OR s.search_key ~ %(near)s)"
LISTED = ROWS + " ORDER BY s.sort_key, s.id LIMIT 25"
FOUND = f"{ROWS}{FORGIVEN} ORDER BY NOT ({EXACT}), s.sort_key, s.id LIMIT 25"
ACCOUNT = f"""
    SELECT a.first_name || ' ' || a.last_name, c.code, a.username, a.birth_date, a.origin, {SHOWN}, a.distributed_on,
           a.last_login_at, a.ine
      FROM schooling s JOIN student a ON a.id = s.student_id LEFT JOIN classroom c ON c.id = s.classroom_id
     WHERE s.uai = %(uai)s AND s.student_id = %(pupil)s
"""
SOURCES = """
    SELECT 'Source ' || system || ' Académie de ' || academy_name, aaf_id, local_id
      FROM source WHERE uai = %(uai)s AND student_id = %(pupil)s ORDER BY system
"""
GUARDIANS = """
    SELECT g.first_name, g.last_name, g.username FROM guardianship t JOIN guardian g ON g.id = t.guardian_id
     WHERE t.uai = %(uai)s AND t.student_id = %(pupil)s AND g.username IS NOT NULL ORDER BY t.rank, g.sort_key
"""
BY_STATE = f"""
    SELECT {SHOWN}, count(*) FROM schooling s JOIN student a ON a.id = s.student_id WHERE s.uai = %(uai)s GROUP BY 1
"""
GUARDIANS_BY_STATE = f"""
    SELECT {SHOWN}, count(*) FROM guardian a
     WHERE a.username IS NOT NULL
       AND a.id IN (SELECT guardian_id FROM guardianship WHERE uai = %(uai)s AND relation = 'legal')
     GROUP BY 1
"""
BY_CLASS = """
    SELECT c.code, count(*), count(*) FILTER (WHERE a.state = 'activated')
      FROM schooling s JOIN student a ON a.id = s.student_id LEFT JOIN classroom c ON c.id = s.classroom_id
     WHERE s.uai = %(uai)s AND a.closing_on IS NULL AND a.state <> 'closed'
     GROUP BY c.code, c.sort_key ORDER BY c.sort_key
"""


def pupils(connection: psycopg.Connection, uai: str, text: str = "") -> str:
    """The rows and the total of the list's first page, or of the first page of a search for one word."""
    statements = [FOUND, COUNTED + FORGIVEN] if text else [LISTED, COUNTED]
    rows, [[total]] = asked(connection, statements, uai=uai, text=fold(text), near=one_wrong_letter(fold(text)))
    shown = f"{min(1, total)} à {_thousands(len(rows))} sur {_thousands(total)} élève(s)"
    return "".join(_row(uai, *row) for row in rows) + f"<p>{shown}</p>"


def _row(uai: str, pk: UUID, name: str, room: str, username: str, state: str, *dates: Any) -> str:
    distributed, last_login, birth_date, has_homonyms = dates
    shown = escape(name)
    born = f"né(e) le {birth_date:%d/%m/%Y}" if has_homonyms else ""
    return (
        f'<tr role="row"><td role="cell" class="check"><label><input type="checkbox" name="eleve" value="{pk}">'
        f'<span class="visually-hidden">Sélectionner {shown}{", " + born if born else ""}</span></label></td>'
        f'<th role="rowheader" scope="row"><a href="/etablissements/{uai}/eleves/{pk}/">{shown}</a>'
        f"{'<span class=sub>' + born.capitalize() + '</span>' if born else ''}</th>"
        f'<td role="cell" data-label="Classe" class="nowrap">{escape(room or "Sans classe")}</td>'
        f'<td role="cell" data-label="Identifiant"><span class="code">{escape(username)}</span></td>'
        f'<td role="cell" data-label="État du compte"><span class="badge">{ShownState(state).label}</span></td>'
        f'<td role="cell" data-label="Date de distribution">{_day(distributed)}</td>'
        f'<td role="cell" data-label="Dernière connexion">{_day(last_login)}</td></tr>'
    )


def _day(moment: Any) -> str:
    return f"{moment:%d/%m/%Y}" if moment else "Non renseignée"


def pupil(connection: psycopg.Connection, uai: str, pk: UUID) -> str:
    """The facts, sources and guardians of a pupil's page."""
    account, sources, guardians = asked(connection, [ACCOUNT, SOURCES, GUARDIANS], uai=uai, pupil=pk)
    name, room, username, born, origin, state, distributed, last_login, ine = account[0]
    facts = (
        ("Prénom Nom", name),
        ("Classe", room),
        ("Identifiant", username),
        ("Date de naissance", _day(born)),
        ("Origine du compte", Origin(origin).label if origin else "Non renseigné"),
        ("État du compte", ShownState(state).label),
        ("Date de distribution", _day(distributed)),
        ("Date de dernière connexion", _day(last_login)),
        ("INE", ine),
    )
    told = "".join(f"<div><dt>{label}</dt><dd>{escape(value)}</dd></div>" for label, value in facts)
    return f"<dl>{told}</dl>" + _table(sources) + _table(guardians)


def statistics(connection: psycopg.Connection, uai: str) -> str:
    """States of pupils and guardians, and the classes with their rates."""
    states, guardians, classes = asked(connection, [BY_STATE, GUARDIANS_BY_STATE, BY_CLASS], uai=uai)
    counted = [
        [(ShownState(state).label, _thousands(n)) for state, n in rows if state not in ("leaving", "closed")]
        for rows in (states, guardians)
    ]
    rates = [(room, _thousands(n), _thousands(active), _percent(active / n)) for room, n, active in classes]
    return _table(counted[0]) + _table(counted[1]) + _table(rates)


def _table(rows: Sequence[Row]) -> str:
    return "<table>" + "".join(f"<tr><td>{'</td><td>'.join(map(escape, row))}</td></tr>" for row in rows) + "</table>"


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0").replace(".", ",") + "\u00a0%"


def asked(connection: psycopg.Connection, statements: Sequence[str], **values: Any) -> list[list[Row]]:
    """The rows of each statement, in one transaction in the scope of the school."""
    with connection.transaction():
        connection.execute("SELECT set_config('console.uai', %(uai)s, true)", values)
        return [connection.execute(statement, values).fetchall() for statement in statements]


def compare(page: str, written: str) -> None:
    """AssertionError unless the page shows every text that is written by hand, and as many pupils to tick."""
    shown = set(_texts(page))
    missing = [text for text in _texts(written) if text not in shown]
    assert not missing, f"the page does not show {missing[:5]}"
    assert page.count(BOX) == written.count(BOX), "the page has another number of rows"


def _texts(html: str) -> list[str]:
    return [found for part in re.split(r"<[^>]*>", html) if (found := " ".join(unescape(part).split()))]
