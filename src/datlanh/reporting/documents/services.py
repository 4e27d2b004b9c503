"""Issuing papers: numbered, with a code, kept by digest; and making the same files again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Max

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require
from datlanh.audit.services import record as audit
from datlanh.intake.files import file_keep, is_intact, path_of
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.models import Record
from datlanh.register.selectors import AsOf
from datlanh.reporting.documents.certificates import Paper, certificate
from datlanh.reporting.documents.figures import area_figures
from datlanh.reporting.documents.models import KINDS, PEOPLE, IssuedDocument

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read as something else
CODE_LENGTH = 12  # 59 bits
NUMBER_LOCK = 7_302_114  # one paper draws its number at a time
MOST_PEOPLE = 100_000

NO_KIND = Text("Không có loại giấy này.", "There is no such paper.")
NOTHING_RELEASED = Text(
    "Khu vực chưa có đất được giải phóng vào ngày đó, nên chưa thể cấp giấy.",
    "No land of the area was released on that day, so no paper can be issued.",
)
BAD_NUMBER = Text("Số người phải là số nguyên không âm.", "Numbers of people are whole numbers.")
CHANGED = Text(
    "Tệp của giấy số {number} không còn, và không làm lại được y nguyên. Bản đã ký vẫn có giá trị.",
    "The file of paper {number} is lost and cannot be made again to the byte. The signed paper "
    "is not touched by this.",
)


@transaction.atomic
def document_issue(
    *,
    record: Record,
    kind: str,
    moment: AsOf,
    people: Mapping[str, int],
    confirm_at: str,
    by: User,
) -> IssuedDocument:
    """Issue a paper in both languages. `confirm_at`: the confirming page's address, ends with "/".

    Raises:
        NotAllowedError: `by` issues none for that operator. DomainError: no such kind, a wrong
        number of people, or no land was released.
    """
    require(by, Permission.DOCUMENT_ISSUE, record.organisation_id)
    if kind not in KINDS:
        raise DomainError(NO_KIND)
    if any(not 0 <= people.get(k, 0) <= MOST_PEOPLE for k in PEOPLE) or set(people) - set(PEOPLE):
        raise DomainError(BAD_NUMBER)
    figures = area_figures(record, moment.on, moment.known)
    if figures is None or figures.released_m2 < 0.5:
        raise DomainError(NOTHING_RELEASED)
    today = clock.today()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    used = IssuedDocument.objects.filter(kind=kind, year=today.year).aggregate(last=Max("number"))
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    document = IssuedDocument(
        kind=kind,
        year=today.year,
        number=(used["last"] or 0) + 1,
        code=code,
        record=record,
        organisation_id=record.organisation_id,
        on=moment.on,
        known=moment.known,
        released_m2=figures.released_m2,
        people=dict(people),
        issued_on=today,
        issued_at=clock.now(),
        by=by,
    )
    document.address = f"{confirm_at}{document.code_shown}"
    paper = paper_of(document)
    vi, en = (file_keep([certificate(paper, figures, v)]).sha256 for v in LANGUAGES)
    document.sha256_vi, document.sha256_en = vi, en
    document.save(force_insert=True)
    after = {
        "number": document.numbered,
        "area": record.local_id,
        "on": moment.on.isoformat(),
        "known": moment.known,
        "sha256_vi": vi,
        "sha256_en": en,
    }
    audit("document.issue", document, by=by, after=after)
    return document


def document_file(document: IssuedDocument, language: str) -> bytes:
    """The file of a paper as it was issued; made again from its moment if the file is lost.

    Raises:
        ConflictError: it is lost, and would not come out the same.
    """
    digest = document.sha256_en if language == "en" else document.sha256_vi
    if is_intact(digest):
        return path_of(digest).read_bytes()
    return document_again(document, language)


def document_again(document: IssuedDocument, language: str) -> bytes:
    """The same file, made anew from its moment.

    Raises:
        ConflictError: the bytes would not be those that were issued.
    """
    figures = area_figures(document.record, document.on, document.known)
    made = certificate(paper_of(document), figures, language) if figures else b""
    if _digest(made) != (document.sha256_en if language == "en" else document.sha256_vi):
        raise ConflictError(CHANGED, code="document_changed", number=document.numbered)
    return made


def paper_of(document: IssuedDocument) -> Paper:
    """What a kept document puts on paper."""
    return Paper(
        document.kind,
        document.numbered,
        document.code,
        document.code_shown,
        document.address,
        document.issued_on,
        document.people,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
