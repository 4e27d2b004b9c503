"""Copy the ordnance catalogue into the choices of the form workbooks.

The workbooks are the source of the forms, edited in any spreadsheet program; the catalogue
(src/datlanh/ordnance) is the source of their ordnance lists. After changing it run

    var/venv/bin/python tools/form_choices.py

and give the forms a new version in their sheet `settings`.
"""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook, load_workbook

ROOT = Path(__file__).resolve().parent.parent
ORDNANCE = ROOT / "src" / "datlanh" / "ordnance"
FORMS = sorted((ROOT / "forms").glob("*.xlsx"))
LISTS = ("ordnance_category", "ordnance_sub_category", "ordnance_model")
VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"
OTHER = {"list_name": "ordnance_model", "name": "other", VI: "Tên khác hoặc chưa rõ"}
OTHER |= {EN: "Other or unknown model"}


def ordnance_choices() -> list[dict[str, str]]:
    """Rows of the sheet `choices` for category, sub-category and model."""
    classes, models = _read("classes.csv"), _read("catalogue.csv")
    rows = [_row("ordnance_category", r) for r in classes if not r["parent"]]
    rows += [
        _row("ordnance_sub_category", r) | {"category": r["parent"]} for r in classes if r["parent"]
    ]
    rows += [_row("ordnance_model", r) | {"sub_category": r["sub_category"]} for r in models]
    return [*rows, dict(OTHER)]


def _read(name: str) -> list[dict[str, str]]:
    with (ORDNANCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _row(name: str, item: dict[str, str]) -> dict[str, str]:
    return {"list_name": name, "name": item["key"], VI: item["name_vi"], EN: item["name_en"]}


def asks_for_ordnance(book: Workbook) -> bool:
    """Whether a question of the form offers the catalogue; forms about people do not."""
    types = (str(row[0]).split() for row in book["survey"].iter_rows(min_row=2, values_only=True))
    return any(set(words) & set(LISTS) for words in types)


def rewrite(path: Path) -> None:
    """Replace the ordnance lists of one workbook, leaving the rest as it is."""
    book = load_workbook(path)
    if not asks_for_ordnance(book):
        return
    sheet = book["choices"]
    headers = [str(cell.value) for cell in sheet[1]]
    for number in range(sheet.max_row, 1, -1):
        if sheet.cell(number, headers.index("list_name") + 1).value in LISTS:
            sheet.delete_rows(number)
    for row in ordnance_choices():
        sheet.append([row.get(header) for header in headers])
    book.save(path)


if __name__ == "__main__":
    for form in FORMS:
        rewrite(form)
