"""Everything a database holds, as text: to look for what must not be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection

from datlanh.accounts.acting import SYSTEM, acting

# The workbook and its mapping name the options of every question, whoever chose them.
FORMS = {"intake_formversion", "intake_formmedia"}


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select quote_ident(table_name) from information_schema.tables"
            " where table_schema = 'public' and table_type = 'BASE TABLE'"
        )
        return sorted(name for (name,) in cursor.fetchall())


def leaks(words: Iterable[str], *, but: Iterable[str] = FORMS) -> Iterator[tuple[str, str]]:
    """(table, word) wherever a row of a table, written as text, holds one of `words`.

    Rows as text hold every text, number and JSON; sealed bytes are hex and hide nothing open.
    """
    wanted = sorted(set(words))
    with acting(SYSTEM), connection.cursor() as cursor:
        for name in tables():
            if name in set(but):
                continue
            cursor.execute(
                f"select word from unnest(%s::text[]) as word where exists"  # noqa: S608
                f" (select from {name} as row where strpos(row::text, word) > 0)",
                [wanted],
            )
            yield from ((name, word) for (word,) in cursor.fetchall())
