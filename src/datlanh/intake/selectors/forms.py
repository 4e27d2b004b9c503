"""Published forms: the current version of each, and those before it."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import FormVersion, Report
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


def mapping_of(form_version_id: int) -> FormMapping:
    """The mapping of a version, read once per process: a published version never changes."""
    return _mapping(connection.settings_dict["NAME"], form_version_id)


def mapping_of_report(report: Report) -> FormMapping | None:
    """The mapping of the version a report was made with; None when nobody published it."""
    return mapping_of(report.form_version_id) if report.form_version_id else None


@lru_cache(maxsize=64)
def _mapping(database: str, form_version_id: int) -> FormMapping:
    # The database's name keeps apart what tests publish in databases of their own.
    return FormVersion.objects.only("mapping_json").get(pk=form_version_id).mapping
