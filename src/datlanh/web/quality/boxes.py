"""The table of box results: what each means, how areas are proposed, who changed it and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.hazards.selectors.boxes import InForce, TableChange, box_table, box_table_changes
from datlanh.hazards.services import RULE_WORDS, box_table_set
from datlanh.kernel.boxes import MARKS, Result, ResultTable, Role
from datlanh.kernel.delineation import Settings
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language

ROLES = {
    Role.POSITIVE: Text("dương tính: khoanh vùng quanh ô", "positive: an area is drawn around it"),
    Role.JOINS: Text("kèm theo ô dương tính ở gần", "joins a positive box near by"),
    Role.OTHER: Text("chỉ hiện, không khoanh vùng", "shown, draws nothing"),
    Role.NEGATIVE: Text("đã tìm, không có gì", "searched and empty"),
    Role.UNKNOWN: Text("chưa tìm", "not searched"),
}
HUES = {
    "red": Text("đỏ, chấm tròn", "red, a dot"),
    "yellow": Text("vàng, tam giác", "yellow, a triangle"),
    "blue": Text("xanh dương, ô vuông", "blue, a square"),
    "green": Text("xanh lá, dấu chọn", "green, a tick"),
    "grey": Text("xám, gạch chéo", "grey, a stroke"),
}
NO_NUMBER = Text("«{name}» phải là một số.", "“{name}” must be a number.")
WRITTEN = Text("cách ghi", "spellings")
NEW = Text("thêm kết quả", "a new result")


@dataclass(frozen=True)
class Line:
    """One row of the form; `number` counts from 1, `is_new` where no result stands yet."""

    number: int
    key: str
    vi: str = ""
    en: str = ""
    mark: str = "grey"
    role: str = Role.OTHER
    written: str = ""
    is_new: bool = False


@opens(Permission.SETTINGS_MANAGE)
def table(request: StaffRequest) -> HttpResponse:
    """`/quality/boxes/`: the table in force, its history; POST puts another in force."""
    now = box_table()
    lines, rule = _lines(now), {k: f"{v:g}" for k, v in asdict(now.rule).items()}
    refusal = ""
    if request.method == "POST":
        lines = _typed(request.POST, len(now.results.results))
        rule = {name: request.POST.get(name, "") for name in RULE_WORDS}
        try:
            kept = box_table_set(
                results=ResultTable(tuple(_result(one) for one in lines if not _is_blank(one))),
                rule=_rule(rule),
                note=request.POST.get("note", "")[:2000],
                seen=int(seen) if (seen := request.POST.get("seen", "")).isdigit() else -1,
                by=request.user,
            )
        except DomainError as error:
            refusal = error.say(language())
        else:
            messages.success(
                request, _("Change %(number)s of the table is in force.") % {"number": kept.pk}
            )
            return HttpResponseRedirect(reverse("web:box_table"))
    context = {
        "lines": lines,
        "rule": [(name, word, rule[name]) for name, word in RULE_WORDS.items()],
        "marks": HUES,
        "roles": {str(role): word for role, word in ROLES.items()},
        "seq": now.seq,
        "note": request.POST.get("note", ""),
        "refusal": refusal,
        "changes": [(change.row, _differences(change)) for change in box_table_changes()],
    }
    return render(request, "web/quality/boxes.html", context, status=422 if refusal else 200)


def _lines(now: InForce) -> list[Line]:
    found = [
        Line(n, r.key, r.label.vi, r.label.en, r.mark, r.role, ", ".join(r.written))
        for n, r in enumerate(now.results.results, 1)
    ]
    return [*found, Line(len(found) + 1, "", is_new=True)]


def _typed(sent: QueryDict, standing: int) -> list[Line]:
    """The rows as they were typed: those that stand, and one more."""

    def word(name: str, n: int, most: int) -> str:
        return sent.get(f"{name}-{n}", "").strip()[:most]

    return [
        Line(
            number=n,
            key=word("key", n, 24),
            vi=word("vi", n, 120),
            en=word("en", n, 120),
            mark=word("mark", n, 12),
            role=word("role", n, 12),
            written=word("written", n, 8000),
            is_new=n > standing,
        )
        for n in range(1, standing + 2)
    ]


def _is_blank(line: Line) -> bool:
    return line.is_new and not (line.key or line.vi or line.en)


def _result(line: Line) -> Result:
    role = Role(line.role) if line.role in set(Role) else Role.UNKNOWN
    words = tuple(line.written.replace("\n", ",").split(","))
    mark = line.mark if line.mark in MARKS else ""
    return Result(line.key, Text(line.vi, line.en), mark, role, words)


def _rule(typed: dict[str, str]) -> Settings:
    numbers: dict[str, Any] = {}
    for name, was in asdict(Settings()).items():
        try:
            number = float(typed[name].replace(",", "."))
            numbers[name] = int(number) if isinstance(was, int) else number
        except (ValueError, OverflowError):
            raise DomainError(NO_NUMBER, name=RULE_WORDS[name]) from None
    return Settings(**numbers)


def _differences(change: TableChange) -> list[tuple[str, Text | None, str, str]]:
    """What a change changed: key, what of it, before and after."""
    said: list[tuple[str, Text | None, str, str]] = []
    speech = language()
    for result in change.after.results.results:
        was = change.before.results.by_key(result.key)
        if was is None:
            said.append((result.key, NEW, "", result.label.say(speech)))
            continue
        pairs: list[tuple[Text | None, str, str]] = [
            (None, was.label.vi, result.label.vi),
            (None, was.label.en, result.label.en),
            (None, HUES[was.mark].say(speech), HUES[result.mark].say(speech)),
            (None, ROLES[was.role].say(speech), ROLES[result.role].say(speech)),
            (WRITTEN, ", ".join(was.written), ", ".join(result.written)),
        ]
        said += [(result.key, *pair) for pair in pairs if pair[1] != pair[2]]
    before, after = asdict(change.before.rule), asdict(change.after.rule)
    said += [
        ("", RULE_WORDS[name], f"{before[name]:g}", f"{after[name]:g}")
        for name in RULE_WORDS
        if before[name] != after[name]
    ]
    return said
