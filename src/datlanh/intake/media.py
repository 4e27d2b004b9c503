"""Files a form needs beside its XForm: lists too long or too lively to stand in the workbook."""

from __future__ import annotations

import csv
import importlib.resources
import io
import sqlite3
import unicodedata

PROVINCE = "44"  # Quảng Trị since 01/07/2025, Decision 19/2025/QĐ-TTg

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # the dictionary's order: huyền, hỏi, ngã, sắc, nặng


def communes_csv(province: str = PROVINCE) -> bytes:
    """`communes.csv`: code (`name`), name with its type (`label`) and type of each commune.

    Today's units of `province` from the national list, in Vietnamese dictionary order.
    """
    source = importlib.resources.files("vietnamadminunits") / "data" / "dataset.db"
    with importlib.resources.as_file(source) as path:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            rows = connection.execute(
                "select wardCode, ward, wardType, wardShort from admin_units"
                " where provinceCode = ?",
                (province,),
            ).fetchall()
        finally:
            connection.close()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "label", "kind"])
    writer.writerows(row[:3] for row in sorted(rows, key=lambda row: dictionary_order(row[3])))
    return out.getvalue().encode("utf-8")


def dictionary_order(name: str) -> list[tuple[list[int], list[int]]]:
    """Sort key of a Vietnamese name: by letters (ă, â, đ … their own), then by tones."""
    return [_syllable(s) for s in unicodedata.normalize("NFC", name).lower().split()]


def _syllable(text: str) -> tuple[list[int], list[int]]:
    letters, tones = [], []
    for mark in unicodedata.normalize("NFD", text):
        if mark in _TONES:
            tones.append(_TONES.index(mark) + 1)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if c not in _TONES)
    for letter in unicodedata.normalize("NFC", bare):
        letters.append(_LETTERS.index(letter) if letter in _LETTERS else 100 + ord(letter))
    return letters, tones


MEDIA = {"communes.csv": communes_csv}
