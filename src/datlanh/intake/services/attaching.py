"""Files that come with a report: kept by content, or refused one by one while the report stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from datlanh.audit.services import record as audit_record
from datlanh.intake import files
from datlanh.intake.kinds import HEAD_BYTES, clean_name, kind_of
from datlanh.intake.models import Attachment, RefusedFile, Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.kernel.text import Text

MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024

WRONG_KIND = Text(
    "Không nhận tệp «{name}»: không phải ảnh, âm thanh, tài liệu hay bản đồ.",
    "The file “{name}” was not kept: it is no photo, sound, document or map.",
)
TOO_LARGE = Text(
    "Không nhận tệp «{name}»: lớn hơn {limit} MB.",
    "The file “{name}” was not kept: it is larger than {limit} MB.",
)


@dataclass(frozen=True)
class Incoming:
    """One attached file as it comes in. `media_type` is the sender's word and is not trusted."""

    name: str
    media_type: str
    chunks: Iterable[bytes]
    size: int = 0


@dataclass(frozen=True)
class Kept:
    """A file in the store, not yet tied to its report."""

    name: str
    media_type: str
    stored: files.StoredFile


@dataclass(frozen=True)
class Refused:
    """A file that was not kept."""

    name: str
    size: int
    reason: str  # RefusedFile.KIND or RefusedFile.SIZE

    def say(self, language: str) -> str:
        """The refusal in one sentence."""
        text = WRONG_KIND if self.reason == RefusedFile.KIND else TOO_LARGE
        return text.say(language, name=self.name, limit=MAX_ATTACHMENT_BYTES // 1024 // 1024)


def files_keep(attachments: Sequence[Incoming]) -> tuple[list[Kept], list[Refused]]:
    """Keep what may be kept, durably, before the report that names it. Empty files are dropped.

    Raises TryLaterError when the disk has no room.
    """
    kept: list[Kept] = []
    refused: list[Refused] = []
    for incoming in attachments:
        name = clean_name(incoming.name)
        if incoming.size > MAX_ATTACHMENT_BYTES:
            refused.append(Refused(name, incoming.size, RefusedFile.SIZE))
            continue
        chunks = iter(incoming.chunks)
        head = _head(chunks)
        if not head:
            continue
        media_type = kind_of(head[:HEAD_BYTES], name)
        if media_type is None:
            refused.append(Refused(name, incoming.size, RefusedFile.KIND))
        else:
            kept.append(Kept(name, media_type, files.file_keep(_whole(head, chunks))))
    return kept, refused


def files_attach(
    report: Report, kept: Sequence[Kept], refused: Sequence[Refused]
) -> tuple[int, int]:
    """Tie files to their report; how many kept and how many refused ones are new to it."""
    made = gone = 0
    for file in kept:
        _, is_new = Attachment.objects.get_or_create(
            report=report,
            name=file.name,
            sha256=file.stored.sha256,
            defaults={
                "size": file.stored.size,
                "media_type": file.media_type,
                "received_at": clock.now(),
            },
        )
        made += is_new
    for file_refused in refused:
        _, is_new = RefusedFile.objects.get_or_create(
            report=report,
            name=file_refused.name,
            reason=file_refused.reason,
            defaults={"size": file_refused.size, "received_at": clock.now()},
        )
        gone += is_new
    return made, gone


# Whose bundles make a form's photos and files personal; who signed a report is not among them.
ABOUT_PEOPLE = frozenset({"contact", "informant", "victim"})


@transaction.atomic
def attachment_read(*, attachment: Attachment, by: Actor) -> None:
    """Keep that a file was opened that may show a person; of other forms nothing is kept."""
    report = attachment.report
    if report.form_version_id is None or any(
        q.person in ABOUT_PEOPLE for q in mapping_of(report.form_version_id).questions
    ):
        audit_record("report.read_file", report, by=by, after={"file": attachment.pk})


def _head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (chunk := next(chunks, b"")):
        head += chunk
    return head


def _whole(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest
