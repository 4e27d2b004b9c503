"""XLSForm workbooks compiled: the XForm for phones and browsers, the mapping for the register."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from datlanh.intake import media as house_media
from datlanh.intake import xlsform_texts as say
from datlanh.intake.workbook import Row, Sheet, read_workbook
from datlanh.intake.xlsform_mapping import Survey, read_survey
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text

OWN_PREFIXES = ("register::", "datlanh::")  # columns pyxform must not see
FROM_FILE = ("select_one_from_file", "select_multiple_from_file")
SETTINGS = ("form_id", "form_title", "version", "datlanh::record_kind", "datlanh::id_question")
SURVEY = ("type", "name", "register::attribute", "register::kind")


@dataclass(frozen=True)
class CompiledForm:
    """One form version, ready to be offered: XForm, media and what its answers become.

    `md5` is the hex digest of `xform`, as OpenRosa's form list carries it. `media` are the
    files the form asks for, by name. `warnings` come from the compiler, in English.
    """

    mapping: FormMapping
    xform: bytes
    form_id: str
    version: str
    md5: str
    media: dict[str, bytes]
    warnings: tuple[str, ...] = ()


def read_form(
    source: bytes | str | Path,
    *,
    media: Mapping[str, Callable[[], bytes]] = house_media.MEDIA,
) -> CompiledForm:
    """Read and compile a workbook, given as a path or as its bytes.

    `media` makes the files that `select_one_from_file` may name.

    Raises:
        UnreadableError: with one sentence for each thing wrong with the workbook (columns,
            kinds, labels, dates, files), or the compiler's own word.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    sheets = read_workbook(data)
    settings = _settings(sheets)
    survey = read_survey(sheets, settings)
    wanted = _wanted_files(sheets["survey"])
    survey.problems.extend(say.FILE_UNKNOWN.bind(file=f) for f in wanted if f not in media)
    if survey.problems:
        raise UnreadableError(_together(survey.problems))
    xform, warnings = _compile(sheets)
    return CompiledForm(
        mapping=_mapping(survey, settings),
        xform=xform,
        form_id=settings["form_id"],
        version=settings["version"],
        md5=hashlib.md5(xform, usedforsecurity=False).hexdigest(),
        media={name: media[name]() for name in wanted},
        warnings=tuple(warnings),
    )


def _settings(sheets: dict[str, Sheet]) -> Row:
    """The settings row, once every column and setting that must be there is there."""
    missing = [c for c in SURVEY if c not in sheets["survey"].headers]
    missing += [c for c in ("list_name", "name") if c not in sheets["choices"].headers]
    rows = sheets["settings"].rows
    settings = rows[0][1] if rows else {}
    missing += [name for name in SETTINGS if name not in settings]
    if missing:
        raise UnreadableError(say.COLUMNS_MISSING, columns=", ".join(missing))
    return settings


def _wanted_files(survey: Sheet) -> list[str]:
    types = [row.get("type", "").split() for _, row in survey.rows]
    return list(dict.fromkeys(t[1] for t in types if len(t) > 1 and t[0] in FROM_FILE))


def _together(problems: list[Text]) -> Text:
    """All sentences as one, a line each."""
    unique = list(dict.fromkeys(problems))
    return Text("\n".join(p.vi for p in unique), "\n".join(p.en for p in unique))


def _compile(sheets: dict[str, Sheet]) -> tuple[bytes, list[str]]:
    """The XForm, without the house's own columns; no Java validator is run."""
    # Half of the server's loading time, for a page that few open once a year.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    plain: dict[str, list[Row]] = {}
    for name, sheet in sheets.items():
        kept = [h for h in sheet.headers if h and not h.startswith(OWN_PREFIXES)]
        plain[name] = [{h: row[h] for h in kept if h in row} for _, row in sheet.rows]
        plain[f"{name}_header"] = [dict.fromkeys(kept, "")]
    try:
        result = convert(xlsform=plain, validate=False, pretty_print=False)
    except PyXFormError as error:
        raise UnreadableError(say.NOT_COMPILED, why=str(error)) from error
    return result.xform.encode("utf-8"), list(result.warnings)


def _mapping(survey: Survey, settings: Row) -> FormMapping:
    title = settings["form_title"]
    return FormMapping(
        form=settings["form_id"],
        version=settings["version"],
        title=Text(
            settings.get("datlanh::title_vi", title), settings.get("datlanh::title_en", title)
        ),
        record_kind=settings["datlanh::record_kind"],
        id_question=settings["datlanh::id_question"],
        prefixes=tuple(settings.get("datlanh::prefixes", "").replace(",", " ").split()),
        date=survey.date,
        sections=tuple(survey.sections),
        questions=tuple(survey.questions),
        repeats=tuple(survey.repeats),
        clear_question=settings.get("datlanh::clear_question"),
    )
