"""Identifiants: made once, from the name that the person had then, never changed, never given again.

"e.durand" is the first letter of the first name, a dot, and the name in use, in unaccented lower case. The hyphens of
a double name stay; blanks, apostrophes, digits and every other sign fall. The second holder of the same root is
"e.durand2", the third "e.durand3"; pupils and guardians share the numbers. A root never ends with a digit, so that no
two roots make one identifiant.
"""

import re
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from educonnect_admin.toolkit.crypto import keyed_hash, oldest
from educonnect_admin.toolkit.text import fold

PURPOSE = "username-roots"
ROOT_LIMIT = 50
"""Signs of a root; the column has room for 10 digits more."""

NOBODY = "x"
"""Stands for a name that has no Latin letter."""

HYPHENS = re.compile("[-\u2010\u2011]")
CHUNK = 5000

NEW_STUDENTS = """
    SELECT id, root FROM feed_student WHERE is_new ORDER BY length(key), key COLLATE "C"
"""
NEW_GUARDIANS = """
    SELECT id, root FROM feed_guardian WHERE is_new AND has_account ORDER BY length(key), key COLLATE "C"
"""
GIVE = "COPY feed_username (id, username) FROM STDIN"
GIVEN_TO_STUDENTS = """
    ANALYZE feed_username;
    UPDATE feed_student AS account SET username = given.username FROM feed_username given WHERE account.id = given.id;
    TRUNCATE feed_username;
"""
GIVEN_TO_GUARDIANS = """
    ANALYZE feed_username;
    UPDATE feed_guardian AS account SET username = given.username FROM feed_username given WHERE account.id = given.id;
"""


def username_root(first_name: str, last_name: str) -> str:
    """What an identifiant begins with.

    >>> username_root("Zoé", "LECŒUR-HÊTRE"), username_root("François-Xavier", "d’ORNAIN"), username_root("", "?")
    ('z.lecoeur-hetre', 'f.dornain', 'x.x')
    """
    name = "-".join(filter(None, map(_letters, HYPHENS.split(last_name))))
    return f"{_letters(first_name)[:1] or NOBODY}.{name or NOBODY}"[:ROOT_LIMIT].rstrip("-")


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", fold(text))


def reserve_usernames(roots: Sequence[str]) -> list[str]:
    """An identifiant for each root, in their order; the counters are kept under keyed hashes and name nobody.

    Under the oldest key: a rotation must not begin to count again.
    """
    ring = oldest(settings.CONSOLE_KEYS)
    hashes = {root: keyed_hash(ring, PURPOSE, root.encode()) for root in set(roots)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT root_hash, first_number FROM reserve_usernames(%s::bytea[])", [[hashes[root] for root in roots]]
        )
        following = {bytes(root_hash): number for root_hash, number in cursor.fetchall()}
    given = []
    for root in roots:
        number = following[hashes[root]]
        following[hashes[root]] += 1
        given.append(root if number == 1 else f"{root}{number}")
    return given


def name_new_accounts() -> None:
    """Give every new account its identifiant: pupils first, each in the order of their identifiers in the source.

    So one delivery into an empty base always gives the same identifiants.
    """
    for wanted, given in ((NEW_STUDENTS, GIVEN_TO_STUDENTS), (NEW_GUARDIANS, GIVEN_TO_GUARDIANS)):
        with connection.chunked_cursor() as nameless, connection.cursor() as cursor:
            nameless.execute(wanted)
            while rows := nameless.fetchmany(CHUNK):
                usernames = reserve_usernames([root for _, root in rows])
                with cursor.copy(GIVE) as copy:
                    for (pk, _), username in zip(rows, usernames, strict=True):
                        copy.write_row((pk, username))
            cursor.execute(given)
