"""Publishing form versions: compiled once, kept for ever, the former one retired."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import FormMedia, FormVersion
from datlanh.intake.selectors.forms import workbook_of
from datlanh.intake.services.rereading import reports_reread
from datlanh.intake.xlsform import read_form
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError
from datlanh.kernel.text import Text

VERSION_TAKEN = Text(
    "Phiên bản {version} của biểu mẫu «{form}» đã công bố với nội dung khác; "
    "hãy tăng số phiên bản.",
    "Version {version} of the form “{form}” was published with other content; raise its version.",
)


@transaction.atomic
def form_publish(
    *, workbook: bytes, by: User | None, reason: str = "", accepted: Sequence[str] = ()
) -> tuple[FormVersion, bool]:
    """Publish an XLSForm; the version before it is retired, and stays readable.

    Reports that came with this version before it was known are read now. `accepted` names the
    doubts somebody took in.
    Returns the version and whether it is new: the same workbook again changes nothing.

    Raises:
        UnreadableError: the workbook is not a form this house can map.
        ConflictError: the version number was used for other content.
    """
    compiled = read_form(workbook)
    known = FormVersion.objects.filter(form=compiled.form_id, version=compiled.version).first()
    if known is not None:
        # The same workbook stays the same form, even when a newer compiler writes it otherwise.
        same = workbook in (bytes(known.xlsform), workbook_of(known))
        if not same and (known.xform_md5 != compiled.md5 or known.mapping != compiled.mapping):
            raise ConflictError(VERSION_TAKEN, version=compiled.version, form=compiled.form_id)
        return known, False
    now = clock.now()
    FormVersion.objects.filter(form=compiled.form_id, retired_at=None).update(retired_at=now)
    version = FormVersion.objects.create(
        form=compiled.form_id,
        version=compiled.version,
        title_vi=compiled.mapping.title.vi,
        title_en=compiled.mapping.title.en,
        record_kind=compiled.mapping.record_kind,
        xlsform=workbook,
        xform=compiled.xform,
        xform_md5=compiled.md5,
        mapping_json=compiled.mapping.to_json(),
        published_at=now,
        published_by=by,
        reason=reason,
    )
    FormMedia.objects.bulk_create(
        FormMedia(
            form_version=version,
            name=name,
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),  # OpenRosa asks for MD5
            content=content,
        )
        for name, content in compiled.media.items()
    )
    told: dict[str, object] = {"form": version.form, "version": version.version}
    if accepted:
        told["accepted"] = list(accepted)
    audit_record("form.publish", version, by=by, after=told, note=reason)
    reports_reread(version, by=by)
    return version, True


def forms_publish_folder(folder: Path, *, by: User | None = None) -> list[tuple[FormVersion, bool]]:
    """Publish every workbook of a folder."""
    return [
        form_publish(workbook=path.read_bytes(), by=by)
        for path in sorted(folder.glob("*.xlsx"))
        if not path.name.startswith("~")
    ]
