"""Changing what results of boxes mean and how areas are proposed: for good, with a reason."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, replace

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require
from datlanh.audit.rows import write
from datlanh.audit.services import record as audit_record
from datlanh.hazards.models import BoxTable
from datlanh.hazards.selectors.boxes import InForce, box_table
from datlanh.kernel import clock
from datlanh.kernel.boxes import MARKS, Result, ResultTable, Role, plain
from datlanh.kernel.delineation import LIMITS, Settings
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.text import Text

MOST = 20  # results
WORDS = 60  # spellings of one
LETTERS = 80
KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")

NO_REASON = Text("Hãy ghi lý do thay đổi.", "Give the reason for the change.")
SAME = Text("Bảng đó đang được áp dụng.", "That is what holds already.")
OVERTAKEN = Text(
    "Bảng đã được người khác thay đổi từ khi mở trang. Hãy xem lại.",
    "Somebody changed the table since the page was opened. Look again.",
)
BAD_KEY = Text(
    "Mã kết quả «{key}» chỉ gồm chữ thường không dấu, chữ số và gạch dưới, mỗi mã một lần.",
    "The key “{key}” must be lower-case letters, digits and underscores, and stand once.",
)
BAD_RESULT = Text(
    "Kết quả «{key}» cần tên tiếng Việt, tên tiếng Anh, màu và vai trò.",
    "The result “{key}” needs a name in Vietnamese and English, a colour and a role.",
)
GONE = Text(
    "Không bỏ được kết quả «{key}»: báo cáo có thể đã ghi nó. Hãy đổi vai trò của nó.",
    "The result “{key}” cannot be dropped: reports may say it. Change its role instead.",
)
TWICE = Text(
    "Cách ghi «{word}» thuộc hai kết quả: {one} và {other}.",
    "The spelling “{word}” belongs to two results: {one} and {other}.",
)
NONE_POSITIVE = Text("Cần ít nhất một kết quả dương tính.", "At least one result must be positive.")
OUT_OF_REACH = Text(
    "«{name}» phải là số từ {low} đến {high}.", "“{name}” must be a number from {low} to {high}."
)

RULE_WORDS = {
    "margin_m": Text("Mở rộng quanh ô (m)", "Margin around boxes (m)"),
    "gap": Text("Số ô được phép xen giữa", "Boxes that may lie between"),
    "fadeout_m": Text("Rà mở rộng (m)", "Fade-out (m)"),
    "least": Text("Số vật nổ ít nhất", "At least so many items"),
}

# Changes are told against what held before: the one who comes second at the same moment waits.
_ALONE = "select pg_advisory_xact_lock(hashtext('hazards.box_table'))"


@transaction.atomic
def box_table_set(
    *, results: ResultTable, rule: Settings, note: str, seen: int, by: User
) -> BoxTable:
    """Put another table of results in force. `seen` is the number of the one that was looked at.

    The register keeps results as they were written, so nothing in it changes: what pages and
    proposals make of them does, from now on.

    Raises:
        ConflictError: somebody else was quicker.
        DomainError: no reason, no change, or a table that cannot be.
    """
    require(by, Permission.SETTINGS_MANAGE, None)
    write(_ALONE, [])
    now = box_table()
    if now.seq != seen:
        raise ConflictError(OVERTAKEN)
    if not note.strip():
        raise DomainError(NO_REASON)
    results = ResultTable(tuple(replace(r, written=_spellings(r)) for r in results.results))
    _check_results(results, now.results)
    _check_rule(rule)
    if (results, rule) == (now.results, now.rule):
        raise DomainError(SAME)
    kept = BoxTable.objects.create(
        results=results.to_json(),
        rule=asdict(rule),
        by_id=by.pk,
        by_name=by.full_name,
        at=clock.now(),
        note=note.strip(),
    )
    before, after = _told(now), _told(InForce(kept.pk, results, rule))
    audit_record("box_table.change", kept, by=by, before=before, after=after, note=kept.note)
    return kept


def _told(table: InForce) -> dict[str, object]:
    return {"results": table.results.to_json(), "rule": asdict(table.rule)}


def _spellings(result: Result) -> tuple[str, ...]:
    """Each spelling once, in the order given, without spaces around."""
    cleaned = (word.strip()[:LETTERS] for word in result.written)
    return tuple(dict.fromkeys(word for word in cleaned if word))[:WORDS]


def _check_results(table: ResultTable, before: ResultTable) -> None:
    keys = [r.key for r in table.results]
    for result in table.results:
        if not KEY.fullmatch(result.key) or keys.count(result.key) > 1 or len(keys) > MOST:
            raise DomainError(BAD_KEY, key=result.key)
        named = result.label.vi.strip() and result.label.en.strip()
        if not named or result.mark not in MARKS:
            raise DomainError(BAD_RESULT, key=result.key)
    for result in before.results:
        if result.key not in keys:
            raise DomainError(GONE, key=result.key)
    if not any(r.role == Role.POSITIVE for r in table.results):
        raise DomainError(NONE_POSITIVE)
    home: dict[str, str] = {}
    for result in table.results:
        for word in {plain(w) for w in (*result.written, result.key)}:
            other = home.setdefault(word, result.key)
            if other != result.key:
                raise DomainError(TWICE, word=word, one=other, other=result.key)


def _check_rule(rule: Settings) -> None:
    for name, value in asdict(rule).items():
        low, high = LIMITS[name]
        if not math.isfinite(value) or not low <= value <= high:
            raise DomainError(OUT_OF_REACH, name=RULE_WORDS[name], low=low, high=high)
