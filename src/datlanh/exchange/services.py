"""Asking for a file, making it, forgetting it."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import NOT_ALLOWED, NotAllowedError, scope_for
from datlanh.audit.services import record
from datlanh.exchange.models import Export
from datlanh.exchange.tables import TABLES, Table, joined
from datlanh.exchange.writers import WRITERS, Job
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text, written
from datlanh.register.listing.pages import fetched
from datlanh.register.selectors import AsOf

KEPT_DAYS = 7
AT_ONCE = 5  # files one person waits for
LOST_AFTER = dt.timedelta(hours=2)  # no file takes so long: its job died
PATIENCE_MS = str(30 * 60_000)

NO_SUCH = Text("Không có tệp như vậy.", "There is no such file.")
TOO_MANY = Text(
    "Đang có {count} tệp chờ; hãy đợi một tệp xong.",
    "You are waiting for {count} files; let one of them end first.",
)


def export_path(export: Export) -> Path:
    """Where the file of an export lies."""
    return Path(settings.EXPORTS_ROOT) / f"{export.pk}.{export.suffix}"


@transaction.atomic
def export_ask(*, table: str, format: str, query: str, by: User, language: str) -> Export:
    """Ask for a list as a file. It is made by a job, with what `by` may see when it runs.

    Raises:
        NotAllowedError: `by` reads no records. UnreadableError: the filter is none.
        DomainError: no such table or format, or too many are waiting.
    """
    if scope_for(by, Permission.RECORD_READ).nothing:
        raise NotAllowedError(NOT_ALLOWED, permission=str(Permission.RECORD_READ))
    if table not in TABLES or format not in WRITERS:
        raise DomainError(NO_SUCH)
    TABLES[table].filter(query)
    User.objects.select_for_update().get(pk=by.pk)  # two clicks at one moment
    waiting = Export.objects.filter(by=by, state__in=("waiting", "running")).count()
    if waiting >= AT_ONCE:
        raise DomainError(TOO_MANY, count=waiting)
    export = Export.objects.create(
        by=by,
        table=table,
        format=format,
        query=query,
        language=language,
        asked_at=clock.now(),
    )
    after = {"table": table, "format": format, "query": query}
    record("export.ask", export, by=by, after=after)
    app.configure_task("exchange.make_export", queue="exports").defer(export_id=str(export.pk))
    return export


def export_make(*, export_id: str) -> None:
    """Write the file: everything it says is of one moment, whatever is decided meanwhile."""
    with acting(SYSTEM, via="job"):
        found = Export.objects.filter(pk=export_id, state="waiting").select_related("by")
        export = found.select_for_update(of=("self",)).first()
        if export is None:
            return  # made before, or forgotten
        Export.objects.filter(pk=export.pk).update(state="running")
    try:
        _written(export)
    except Exception:
        export_path(export).unlink(missing_ok=True)
        with acting(SYSTEM, via="job"):
            Export.objects.filter(pk=export.pk).update(state="failed", ended_at=clock.now())
        raise


def _written(export: Export) -> None:
    table, by = TABLES[export.table], export.by
    path = export_path(export)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("select set_config('statement_timeout', %s, true)", [PATIENCE_MS])
        scope = scope_for(by, Permission.RECORD_READ)
        if scope.nothing:
            raise NotAllowedError(NOT_ALLOWED, permission=str(Permission.RECORD_READ))
        wanted = table.filter(export.query)
        moment = wanted.asof
        rows = joined(table, scope, wanted, moment)
        ((total,),) = fetched(rows, "count(*)")
        progress = _Progress(export, total)
        job = Job(
            rows=rows,
            columns=table.columns(),
            about=_about(export, table, moment, total),
            language=export.language,
            title=table.title.say(export.language),
            told=progress.told,
        )
        try:
            done = WRITERS[export.format](job, path)
        finally:
            progress.close()
    _ended(export, moment, done, path)


def _ended(export: Export, moment: AsOf, done: int, path: Path) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with acting(SYSTEM, via="job"):
        Export.objects.filter(pk=export.pk).update(
            state="ready",
            done=done,
            total=done,
            on=moment.on,
            known=moment.known,
            size=path.stat().st_size,
            sha256=digest,
            ended_at=clock.now(),
        )
        after = {"records": done, "sha256": digest, "on": str(moment.on), "known": moment.known}
        record("export.made", export, by=export.by, after=after)


class _Progress:
    """How far it is, told over a connection of its own: the other reads one moment."""

    def __init__(self, export: Export, total: int) -> None:
        self._export = export
        self._connection = connections["default"].copy()
        self._put("update exchange_export set total = %s where id = %s", total)

    def told(self, done: int) -> None:
        """So many records are written."""
        self._put("update exchange_export set done = %s where id = %s", done)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _put(self, statement: str, value: int) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, [value, self._export.pk])


def _about(export: Export, table: Table, moment: AsOf, total: int) -> list[tuple[str, str]]:
    """What every file says of itself."""
    vi = export.language == "vi"
    known_on = written(clock.local_date(moment.known_at), export.language)
    heads = (
        ("Bảng", "Table"),
        ("Số hồ sơ", "Records"),
        ("Đúng đến ngày", "True up to"),
        ("Theo hiểu biết đến quyết định", "Known after decision"),
        ("Bộ lọc", "Filter"),
        ("Người lập", "Made for"),
        ("Nguồn", "Source"),
        ("Lưu ý", "Note"),
    )
    values = (
        table.title.say(export.language),
        str(total),
        written(moment.on, export.language),
        f"{moment.known} ({known_on})",
        export.query or ("không" if vi else "none"),
        export.by.full_name,
        "Đất Lành, sổ đăng ký hành động bom mìn tỉnh Quảng Trị"
        if vi
        else "Đất Lành, register of mine action of Quảng Trị province",
        "Nơi không ghi nhận ô nhiễm không có nghĩa là an toàn."
        if vi
        else "Where no hazard is recorded, it is not therefore safe.",
    )
    return [(h[0] if vi else h[1], v) for h, v in zip(heads, values, strict=True)]


@transaction.atomic
def export_fetched(*, export: Export, by: User) -> None:
    """Keep that the file was fetched."""
    record("export.fetch", export, by=by, after={"sha256": export.sha256})


def exports_clear() -> int:
    """Remove files that are old, and give up those whose job died; how many."""
    now = clock.now()
    with acting(SYSTEM, via="job"):
        lost = Export.objects.filter(
            state__in=("waiting", "running"), asked_at__lt=now - LOST_AFTER
        ).update(state="failed", ended_at=now)
        old = Export.objects.filter(state="ready", ended_at__lt=now - dt.timedelta(days=KEPT_DAYS))
        for export in old:
            export_path(export).unlink(missing_ok=True)
        gone = old.update(state="gone")
        if lost or gone:
            record("export.clear", "export:old", by=SYSTEM, after={"lost": lost, "gone": gone})
    return lost + gone
