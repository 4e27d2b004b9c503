"""Published forms: the current version of each, and those before it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import FormRevision, FormVersion, Report
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text


def form_versions(who: User) -> QuerySet[FormVersion]:
    """Every published version, current ones first; `reports` counts what `who` may see of each."""
    visible = scope_for(who, Permission.REPORT_READ).q()
    counted = (
        Report.objects.filter(visible, form_version=OuterRef("pk"))
        .order_by()
        .values("form_version")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        FormVersion.objects.defer("xlsform", "xform", "mapping_json")
        .select_related("published_by")
        .annotate(reports=Coalesce(Subquery(counted), 0))
        .order_by("form", "-published_at")
    )


def form_version(form: str, version: str) -> FormVersion:
    """One version with its workbook. Raises FormVersion.DoesNotExist."""
    return FormVersion.objects.get(form=form, version=version)


def form_title(version: FormVersion) -> Text:
    """Its title in both languages."""
    return Text(version.title_vi, version.title_en)


def form_version_find(form: str, version: str) -> FormVersion | None:
    """The version a submission names, without its files; None for one never published."""
    return (
        FormVersion.objects.defer("xlsform", "xform", "mapping_json")
        .filter(form=form, version=version)
        .first()
    )


def mapping_of(form_version_id: int, revision: int | None = None) -> FormMapping:
    """The mapping of a version: a revision of it, or (None) the one in force now.

    Each is read once per process, since it never changes; which one is in force is asked each
    time.
    """
    kept = 0
    if revision is None or revision > 1:
        found = FormRevision.objects.filter(form_version_id=form_version_id).order_by("-revision")
        found = found if revision is None else found.filter(revision=revision)
        kept = found.values_list("pk", flat=True).first() or 0
    return _mapping(connection.settings_dict["NAME"], form_version_id, kept)


def revisions_at(form_version_ids: Iterable[int], known: int) -> dict[int, int]:
    """The revisions in force after decision `known`, of versions that were corrected by then."""
    found = FormRevision.objects.filter(form_version_id__in=form_version_ids, decision__lte=known)
    newest = found.values("form_version_id").annotate(newest=Max("revision"))
    return dict(newest.values_list("form_version_id", "newest"))


def form_revisions(form: str) -> QuerySet[FormRevision]:
    """Every correction of a form's mappings, newest first, without their workbooks."""
    found = FormRevision.objects.filter(form_version__form=form).defer("xlsform", "mapping_json")
    found = found.select_related("form_version", "proposed_by", "confirmed_by")
    return found.defer("form_version__xlsform", "form_version__xform").order_by("-decision")


def form_revision(form: str, id: int) -> FormRevision:
    """One correction with its workbook. Raises FormRevision.DoesNotExist."""
    found = FormRevision.objects.select_related("form_version")
    return found.get(form_version__form=form, pk=id)


def workbook_of(version: FormVersion) -> bytes:
    """The workbook that says what a version's answers become now."""
    newest = version.revisions.filter(revision=version.mapping_revision).first()
    return bytes(newest.xlsform if newest else version.xlsform)


def mapping_of_report(report: Report) -> FormMapping | None:
    """The mapping of the version a report was made with; None when nobody published it."""
    return mapping_of(report.form_version_id) if report.form_version_id else None


@lru_cache(maxsize=64)
def _mapping(database: str, form_version_id: int, kept: int) -> FormMapping:
    # The database's name keeps apart what tests publish in databases of their own. `kept` is the
    # row of a revision, not its number: one that was rolled back is drawn never again.
    if not kept:
        return FormVersion.objects.only("mapping_json").get(pk=form_version_id).mapping
    return FormRevision.objects.only("mapping_json").get(pk=kept).mapping
