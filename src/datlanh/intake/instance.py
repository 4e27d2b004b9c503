"""Submissions as XML: read safely, turned into answers, and built from answers."""

from __future__ import annotations

import codecs
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from lxml import etree

from datlanh.intake import spelling
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.mapping import Answers, FormMapping, Question, Repeat
from datlanh.kernel.text import Text

MAX_BYTES = 2 * 1024 * 1024  # a report with its polygon is some ten kilobytes
MAX_ELEMENTS = 20_000
MAX_DEPTH = 16
_CHUNK = 32 * 1024

OPENROSA = "http://openrosa.org/xforms"
_JAVAROSA_TEMPLATE = "{http://openrosa.org/javarosa}template"
_XFORMS = "http://www.w3.org/2002/xforms"
# Any declaration but a comment or CDATA: DOCTYPE, ENTITY, ELEMENT … none has business here.
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")
_ENCODING = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")

TOO_LARGE = Text(
    "Tệp báo cáo quá lớn: {size} byte, tối đa {limit}.",
    "The report file is too large: {size} bytes, at most {limit}.",
)
NOT_UTF8 = Text("Tệp báo cáo không phải là văn bản UTF-8.", "The report file is not text in UTF-8.")
DECLARATION = Text(
    "Tệp báo cáo chứa khai báo kiểu tài liệu hoặc thực thể XML; nội dung này không được nhận.",
    "The report file declares a document type or entities; such content is not accepted.",
)
BROKEN = Text("Tệp báo cáo không phải XML hợp lệ: {why}", "The report file is broken XML: {why}")
TOO_DEEP = Text(
    "Tệp báo cáo lồng quá {limit} cấp.", "The report file is nested deeper than {limit} levels."
)
TOO_MANY = Text(
    "Tệp báo cáo có quá {limit} mục.", "The report file has more than {limit} elements."
)
NO_FORM = Text(
    "Báo cáo không cho biết thuộc biểu mẫu nào (thiếu thuộc tính id).",
    "The report does not say which form it belongs to (no id attribute).",
)
NO_INSTANCE_ID = Text(
    "Báo cáo không có mã nhận dạng (thiếu meta/instanceID).",
    "The report has no identity (no meta/instanceID).",
)


class BlankForm(Protocol):
    """A form version as submissions are built from it: its mapping and compiled XForm."""

    @property
    def mapping(self) -> FormMapping: ...
    @property
    def xform(self) -> bytes: ...


@dataclass(frozen=True)
class Instance:
    """One submission as parsed: which form, which version, which instance.

    `deprecated_id` names the instance this one was edited from, "" when it is new.
    """

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    root: etree._Element


def read_instance(xml: bytes) -> Instance:
    """Parse a submission, refusing before parsing whatever a phone would never send.

    Raises:
        UnreadableError: larger than 2 MiB, not UTF-8, with a DTD or entities, broken, nested
            deeper than 16, more than 20,000 elements, or without form id or instance id.
    """
    root = _parse(_plain_text(xml))
    form_id = (root.get("id") or "").strip()
    if not form_id:
        raise UnreadableError(NO_FORM)
    meta = next((e for e in _children(root) if _local(e) == "meta"), None)
    names = {} if meta is None else {_local(e): (e.text or "").strip() for e in _children(meta)}
    instance_id = names.get("instanceID", "")
    if not instance_id:
        raise UnreadableError(NO_INSTANCE_ID)
    version = (root.get("version") or "").strip()
    return Instance(form_id, version, instance_id, names.get("deprecatedID", ""), root)


def answers_of(instance: Instance, mapping: FormMapping) -> Answers:
    """What the submission answers, as plain values.

    An answer that cannot be read goes to `problems` with its raw text and never raises; an
    empty one is left out; an element the mapping does not know is left to
    `unknown_elements`. A row without any answer is dropped. Coordinates are kept as sent
    (swapped ones too: saying so is a check's work), if both are within ±180.
    """
    answers = Answers()
    holders = (answers.values, answers.points, answers.polygons)
    questions = {q.key: q for q in mapping.questions}
    repeats = {r.key: r for r in mapping.repeats}
    for element in _leaves(instance.root, _known(mapping)):
        name = _local(element)
        if name in repeats:
            _read_row(element, repeats[name], answers)
        elif name in questions:
            _read(element, questions[name], name, holders, answers.problems)
    return answers


def unknown_elements(instance: Instance, mapping: FormMapping) -> list[str]:
    """Names of elements with text that `mapping` does not know, each once, in their order."""
    names: list[str] = []
    known = _known(mapping)
    rows = {r.key: frozenset(q.key for q in r.questions) for r in mapping.repeats}
    for element in _leaves(instance.root, known):
        name = _local(element)
        if name in rows:
            inside = [_local(e) for e in _leaves(element, rows[name]) if _text(e)]
            names += [f"{name}/{n}" for n in inside if n not in rows[name]]
        elif name not in known and _text(element):
            names.append(name)
    return list(dict.fromkeys(names))


def attachment_names(instance: Instance, mapping: FormMapping) -> list[str]:
    """File names the submission says it comes with (photos, attachments), each once."""
    answers = answers_of(instance, mapping)
    names = [answers.values.get(q.key) for q in mapping.questions if q.kind == "file"]
    for repeat in mapping.repeats:
        files = [q.key for q in repeat.questions if q.kind == "file"]
        names += [r["values"].get(k) for r in answers.rows.get(repeat.key, []) for k in files]
    return list(dict.fromkeys(str(n) for n in names if n))


def instance_of(form: BlankForm, answers: Answers, instance_id: str) -> bytes:
    """Build the submission a phone would send for `answers` with this form version.

    `answers_of` gives the same answers back (what could not be read is written as it came).

    Raises:
        ValueError: a polygon with several rings; a geoshape has one.
        KeyError: an answer to a question the form does not have.
    """
    root = _blank_instance(form.xform)
    places = {_local(e): e for e in _leaves(root, _known(form.mapping))}
    sent = _written(answers.values, answers.points, answers.polygons)
    unread = {k: t for k, t in answers.problems.items() if "/" not in k}
    for question in form.mapping.questions:
        places[question.key].text = None  # the form's own defaults are no answers
    for key, text in (unread | sent).items():
        places[key].text = text
    for repeat in form.mapping.repeats:
        unread = {
            k.removeprefix(f"{repeat.key}/"): t
            for k, t in answers.problems.items()
            if k.startswith(f"{repeat.key}/")
        }
        _write_rows(places[repeat.key], answers.rows.get(repeat.key, []), unread)
    _name(root, instance_id)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def form_filled(form: BlankForm, answers: Answers) -> bytes:
    """The XForm that opens with `answers` in place, for an engine that fills it in anew.

    What is not answered keeps the form's own default, and a list without rows its blank one.
    Answers to questions the form does not have are left out.
    """
    document = etree.fromstring(form.xform, etree.XMLParser(resolve_entities=False))
    root = next(_children(next(document.iter(f"{{{_XFORMS}}}instance"))))
    # A repeat stands there twice, its template first: the later one is the row that is shown.
    places = {_local(e): e for e in _leaves(root, _known(form.mapping))}
    for key, text in _written(answers.values, answers.points, answers.polygons).items():
        if key in places:
            places[key].text = text
    for repeat in form.mapping.repeats:
        rows = answers.rows.get(repeat.key, [])
        if rows and repeat.key in places:
            _write_rows(places[repeat.key], rows, {})
    return etree.tostring(document, xml_declaration=True, encoding="utf-8")


def _plain_text(xml: bytes) -> str:
    if len(xml) > MAX_BYTES:
        raise UnreadableError(TOO_LARGE, code="too_large", size=len(xml), limit=MAX_BYTES)
    try:
        text = xml.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(NOT_UTF8) from error
    declared = _ENCODING.match(text)
    if "\0" in text or (declared and declared[1].lower() not in ("utf-8", "us-ascii")):
        raise UnreadableError(NOT_UTF8)
    if _DECLARATION.search(text):
        raise UnreadableError(DECLARATION)
    return text


def _parse(text: str) -> etree._Element:
    """The root element; depth and count are watched while reading, not afterwards."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    data = text.encode("utf-8")
    depth = count = 0
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
            for event, _ in parser.read_events():
                depth += 1 if event == "start" else -1
                count += event == "start"
                if depth > MAX_DEPTH:
                    raise UnreadableError(TOO_DEEP, limit=MAX_DEPTH)
                if count > MAX_ELEMENTS:
                    raise UnreadableError(TOO_MANY, limit=MAX_ELEMENTS)
        root: etree._Element = parser.close()
    except etree.XMLSyntaxError as error:
        if "depth" in (error.msg or ""):  # libxml2's own limit, 256 levels, within one chunk
            raise UnreadableError(TOO_DEEP, limit=MAX_DEPTH) from error
        raise UnreadableError(BROKEN, why=error.msg or "?") from error
    return root


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _children(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str))


def _text(element: etree._Element) -> str:
    return spelling.tidy("".join(str(part) for part in element.itertext()))


def _known(mapping: FormMapping) -> frozenset[str]:
    return frozenset([q.key for q in mapping.questions] + [r.key for r in mapping.repeats])


def _leaves(parent: etree._Element, known: frozenset[str]) -> Iterator[etree._Element]:
    """Elements below `parent` that are `known` or hold no others; groups are opened."""
    for element in _children(parent):
        name = _local(element)
        if name == "meta" and parent.getparent() is None:
            continue
        if name in known or len(element) == 0:
            yield element
        else:
            yield from _leaves(element, known)


Holders = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]  # values, points, polygons


def _read_row(element: etree._Element, repeat: Repeat, answers: Answers) -> None:
    questions = {q.key: q for q in repeat.questions}
    row: dict[str, dict[str, Any]] = {"values": {}, "points": {}, "polygons": {}}
    problems: dict[str, str] = {}
    number = len(answers.rows.get(repeat.key, [])) + 1
    for leaf in _leaves(element, frozenset(questions)):
        question = questions.get(_local(leaf))
        if question is not None:
            holders = (row["values"], row["points"], row["polygons"])
            _read(leaf, question, f"{repeat.key}/{number}/{question.key}", holders, problems)
    if problems or any(row.values()):
        answers.rows.setdefault(repeat.key, []).append(row)
        answers.problems.update(problems)


def _read(
    element: etree._Element,
    question: Question,
    name: str,
    holders: Holders,
    problems: dict[str, str],
) -> None:
    """Read one element into the holder of its kind, or into `problems` under `name`."""
    raw = _text(element)
    values, points, polygons = holders
    if not raw or question.kind == "note":
        return
    if any(question.key in holder for holder in holders):
        problems[name] = raw  # answered twice: the first stands, the second is shown
        return
    try:
        if question.kind == "point":
            points[question.key] = spelling.point(raw)
        elif question.kind == "polygon":
            polygons[question.key] = [spelling.ring(raw)]
        else:
            values[question.key] = spelling.value(raw, question)
    except ValueError:
        problems[name] = raw


def _blank_instance(xform: bytes) -> etree._Element:
    """The empty instance of a compiled XForm, without its repeats' templates."""
    document = etree.fromstring(xform, etree.XMLParser(resolve_entities=False, no_network=True))
    holder = next(document.iter(f"{{{_XFORMS}}}instance"))
    source = next(_children(holder))
    root = copy.deepcopy(source)
    for element in list(root.iter()):
        if isinstance(element.tag, str) and _JAVAROSA_TEMPLATE in element.attrib:
            element.getparent().remove(element)  # type: ignore[union-attr]  # never the root
    etree.cleanup_namespaces(root)
    return root


def _name(root: etree._Element, instance_id: str) -> None:
    meta = next((e for e in _children(root) if _local(e) == "meta"), None)
    if meta is None:
        meta = etree.SubElement(root, "meta")
    named = next((e for e in _children(meta) if _local(e) == "instanceID"), None)
    if named is None:
        named = etree.SubElement(meta, "instanceID")
    named.text = instance_id


def _write_rows(
    blank: etree._Element, rows: list[dict[str, Any]], problems: dict[str, str]
) -> None:
    """Put `rows` in the place of the form's `blank` row; `problems` by "2/question"."""
    for number, row in enumerate(rows, 1):
        element = copy.deepcopy(blank)
        leaves = {_local(e): e for e in element.iter() if isinstance(e.tag, str)}
        sent = _written(row.get("values", {}), row.get("points", {}), row.get("polygons", {}))
        mine = f"{number}/"
        unread = {k.removeprefix(mine): t for k, t in problems.items() if k.startswith(mine)}
        for key, text in (unread | sent).items():
            leaves[key].text = text
        blank.addprevious(element)
    parent = blank.getparent()
    if parent is not None:
        parent.remove(blank)


def _written(
    values: dict[str, Any], points: dict[str, Any], polygons: dict[str, Any]
) -> dict[str, str]:
    texts = {key: spelling.written(value) for key, value in values.items()}
    texts |= {key: spelling.written_point(at) for key, at in points.items()}
    return texts | {key: spelling.written_shape(rings) for key, rings in polygons.items()}
