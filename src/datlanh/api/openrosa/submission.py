"""`submission`: a report with its files, in one part or several."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Device
from datlanh.api.openrosa.answers import BROKEN_BODY, TooLargeError, language_of, message, openrosa
from datlanh.api.openrosa.callers import Caller
from datlanh.intake.instance import MAX_BYTES
from datlanh.intake.instance import TOO_LARGE as XML_TOO_LARGE
from datlanh.intake.services.holding import report_hold
from datlanh.intake.services.receiving import FormState, Incoming, Receipt, report_receive
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text

XML_PART = "xml_submission_file"
COPY_BYTES = 256 * 1024

TOO_LARGE = Text(
    "Gói gửi lên lớn hơn {limit} MB; hãy bớt hoặc thu nhỏ ảnh và tệp.",
    "What was sent is larger than {limit} MB; send fewer or smaller photos and files.",
)
NO_XML = Text(
    "Gói gửi lên không có báo cáo (thiếu phần xml_submission_file).",
    "What was sent holds no report (no part xml_submission_file).",
)
TAKEN = Text(
    "Đã nhận báo cáo. Số biên nhận: {receipt}.", "Report received. Receipt number: {receipt}."
)
KNOWN = Text(
    "Báo cáo này đã được nhận trước đó. Số biên nhận: {receipt}.",
    "This report was received before. Receipt number: {receipt}.",
)
TWIN = Text(
    "Nội dung này khác với báo cáo {receipt} đã gửi trước dưới cùng mã bản ghi; cả hai được giữ và "
    "đánh dấu.",
    "It differs from report {receipt}, sent before under the same identity; both are kept and "
    "flagged.",
)
MORE_FILES = Text(
    "Đã nhận thêm tệp cho báo cáo {receipt}.", "More files received for report {receipt}."
)
HELD = Text(
    "Điện thoại này đã bị thu hồi quyền gửi. Báo cáo được giữ riêng, số {receipt}, chưa được tính; "
    "Trung tâm sẽ quyết định. Hãy báo cán bộ thông tin của tổ chức.",
    "This phone may no longer send. The report is kept apart as {receipt} and does not count: "
    "the centre decides. Tell your organisation's information officer.",
)
SAID_OF_FORM = {
    FormState.UNKNOWN: Text(
        "Trung tâm chưa có phiên bản mẫu này; báo cáo được giữ lại và đánh dấu.",
        "The centre does not have this form version; the report is kept and flagged.",
    ),
    FormState.RETIRED: Text(
        "Phiên bản mẫu này đã ngừng dùng; báo cáo được giữ lại và đánh dấu. Hãy cập nhật mẫu.",
        "This form version is retired; the report is kept and flagged. Update the form.",
    ),
}


@openrosa("POST", "HEAD", "GET", also_shut_out=True)
def submission(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Take a report in (201), or say that it is known (202). HEAD tells what is accepted (204)."""
    here = request.build_absolute_uri(request.path)
    if request.method != "POST":
        return HttpResponse(status=204, headers={"Location": here})
    with whole(request):
        xml, attachments = read_body(request)
        if caller.is_shut_out and caller.device:
            return _held(request, caller, caller.device, xml, attachments)
        with acting(caller.user, via="openrosa", origin=caller.origin):
            receipt = report_receive(
                xml=xml,
                by=caller.user,
                organisation=caller.organisation,
                channel="openrosa",
                device=caller.device,
                attachments=attachments,
            )
    language = language_of(request, caller)
    answer = message(201 if receipt.is_new else 202, told(receipt, language), language=language)
    answer["Location"] = here
    return _numbered(answer, receipt.report.receipt)


def _numbered(answer: HttpResponse, receipt: str, *, held: bool = False) -> HttpResponse:
    """The number in a header too: what fills forms in a browser does not read sentences."""
    answer["X-Datlanh-Receipt"] = receipt
    if held:
        answer["X-Datlanh-Held"] = "1"
    return answer


def _held(
    request: HttpRequest, caller: Caller, device: Device, xml: bytes, attachments: list[Incoming]
) -> HttpResponse:
    """A phone that is shut out: kept apart (201, 202), so that nothing is lost on it."""
    with acting(SYSTEM, via="openrosa", origin=caller.origin):
        kept = report_hold(xml=xml, device=device, attachments=attachments)
    language = language_of(request, caller)
    answer = message(
        201 if kept.is_new else 202, HELD.say(language, receipt=kept.receipt), language=language
    )
    answer["Location"] = request.build_absolute_uri(request.path)
    return _numbered(answer, kept.receipt, held=not kept.is_report)


def told(receipt: Receipt, language: str) -> str:
    """What the sender reads: the receipt number, and what was not as it should be."""
    report = receipt.report
    first = TAKEN if receipt.is_new else MORE_FILES if receipt.added_files else KNOWN
    lines = [first.say(language, receipt=report.receipt)]
    if receipt.is_new and receipt.form in SAID_OF_FORM:
        lines.append(SAID_OF_FORM[receipt.form].say(language))
    if receipt.is_new and receipt.twin_of:
        lines.append(TWIN.say(language, receipt=receipt.twin_of.receipt))
    lines += [refused.say(language) for refused in receipt.refused]
    return " ".join(lines)


class _Promised(LimitedStream):
    """A body that is as long as it was said to be.

    Django takes one that ends early for a short file. A line that broke would then leave a report
    with half a photo.
    """

    def __init__(self, stream: Any, length: int) -> None:
        super().__init__(stream, length)
        self._missing = length

    def read(self, size: int | None = -1, /) -> bytes:
        data: bytes = super().read(size)
        self._missing -= len(data)
        if not data and size != 0 and self._missing > 0:
            raise ConnectionError("the body ended before its length")
        return data


@contextlib.contextmanager
def whole(request: HttpRequest) -> Iterator[None]:
    """Make the body readable, whatever way it is sent; nothing of one that is too large is read.

    Django reads by Content-Length alone: a body without one (chunked) is brought to disk first.
    """
    if _length(request) > settings.SUBMISSION_MAX_BYTES:
        raise _too_large()
    chunked = request.headers.get("Transfer-Encoding", "").lower() == "chunked"
    ended = chunked or request.META.get("wsgi.input_terminated", False)
    if request.META.get("CONTENT_LENGTH") or not ended:
        asked: Any = request
        asked._stream = _Promised(request.META["wsgi.input"], _length(request))
        yield
        return
    with tempfile.TemporaryFile() as body:
        source: Any = request.META["wsgi.input"]
        while chunk := source.read(COPY_BYTES):
            if body.tell() + len(chunk) > settings.SUBMISSION_MAX_BYTES:
                raise _too_large()
            body.write(chunk)
        request.META["CONTENT_LENGTH"] = str(body.tell())
        body.seek(0)
        request._stream = body  # where Django reads from
        yield


def read_body(request: HttpRequest) -> tuple[bytes, list[Incoming]]:
    """The report and its files.

    Raises:
        TooLargeError: the request or the report in it is larger than the house takes.
        UnreadableError: there is no report in it.
    """
    if request.content_type != "multipart/form-data":
        if request.content_type in ("text/xml", "application/xml"):
            return request.read(MAX_BYTES + 1), []
        raise UnreadableError(NO_XML, code="no_report")
    parts = [(field, file) for field, files in request.FILES.lists() for file in files]
    xml: bytes | None = None
    attachments: list[Incoming] = []
    for field, file in parts:
        if field == XML_PART and xml is None:
            xml = _xml(file)
        else:
            attachments.append(_incoming(field, file))
    if xml is None and (sent := request.POST.get(XML_PART)):
        xml = sent.encode("utf-8", "surrogatepass")
    if xml is None:
        raise UnreadableError(NO_XML, code="no_report")
    return xml, attachments


def _xml(file: UploadedFile[Any]) -> bytes:
    size = file.size or 0
    if size > MAX_BYTES:
        raise UnreadableError(XML_TOO_LARGE, code="too_large", size=size, limit=MAX_BYTES)
    content: bytes = file.read()
    return content


def _incoming(field: str, file: UploadedFile[Any]) -> Incoming:
    name = file.name or field
    return Incoming(name, file.content_type or "", file.chunks(), file.size or 0)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise UnreadableError(BROKEN_BODY) from None


def _too_large() -> TooLargeError:
    return TooLargeError(TOO_LARGE, limit=settings.SUBMISSION_MAX_BYTES // 1024 // 1024)
