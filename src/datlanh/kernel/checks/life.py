"""A report that names another state of its area than the register has on that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from datlanh.kernel.checks.ids import areas_named
from datlanh.kernel.checks.parts import CHA, LAND_RELEASE, PROGRESS, SOP
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

STATUS, IDS = "status", "cha_ids"
NAMES: Mapping[str, Text] = {
    "cha": Text("chưa rà phá", "not worked on yet"),
    "ongoing": Text("đang rà phá", "being worked on"),
    "suspended": Text("tạm dừng rà phá", "suspended"),
    "completed": Text("hoàn thành rà phá", "cleared"),
}
DONE = frozenset({"completed", "inspected", "closed", "discredited"})
# What a form says → the state it names, and the states in the register that it does not contradict.
# "Closed" is the operator's word: its work is done. A release is one clearance
# of several: it is no news where the work goes on.
SAYS: Mapping[tuple[str, str], tuple[str, frozenset[str]]] = {
    ("cha", "open"): ("cha", frozenset({"indication", "sha", "cha", "tasked"})),
    ("cha", "worked_on"): ("ongoing", frozenset({"ongoing", "completed", "inspected"})),
    ("cha", "suspended"): ("suspended", frozenset({"suspended"})),
    ("cha", "closed"): ("completed", DONE),
    ("land_release", "completed"): ("completed", frozenset({"ongoing", "completed"})),
    ("land_release", "suspended"): ("suspended", frozenset({"suspended"})),
    ("clearance_progress", ""): ("ongoing", frozenset({"ongoing"})),
}


def state_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """The day before counts too: the step may be of the very day of the report."""
    on = view.date_of_information
    said = "" if view.form == "clearance_progress" else str(view.answers.get(STATUS) or "")
    if on is None or (view.form, said) not in SAYS:
        return
    named, agrees = SAYS[view.form, said]
    for local_id in [view.record_id] if view.form == "cha" else areas_named(view):
        known = facts.area_state(local_id, on)
        if known is None or known.state in agrees or (view.form == "cha" and not known.by_steps):
            continue
        before = facts.area_state(local_id, on - dt.timedelta(days=1)) if on > dt.date.min else None
        if before is not None and before.state in agrees:
            continue
        values = {"id": known.local_id, "named": NAMES[named], "date": on, "state": known.word}
        severity = Severity.INFO if named in known.leads else Severity.WARN
        yield Hit(STATUS if said else IDS, values, severity=severity)


RULES = (
    Rule(
        key="area_state_differs",
        severity=Severity.WARN,
        title=Text(
            "Báo cáo và sổ đăng ký cùng nói một tình trạng",
            "Report and register tell the same state of the area",
        ),
        message=Text(
            "Theo báo cáo, ngày {date} khu vực {id}: {named}; sổ đăng ký ghi: {state}.",
            "By the report the area {id} was {named} on {date}; the register has: {state}.",
        ),
        advice=Text(
            "Báo cáo không tự chuyển tình trạng. Nếu đúng, cán bộ Trung tâm thực hiện bước khi "
            "duyệt; nếu không, sửa ngày, mã khu vực hoặc tình trạng.",
            "A report moves no area by itself. If it is right, the centre takes the step with the "
            "approval; if not, correct the date, the id of the area or the status.",
        ),
        source=f"{SOP}, definitions (pp. 3–4): open, ongoing, suspended, closed",
        forms=CHA | LAND_RELEASE | PROGRESS,
        look=state_differs,
    ),
)
