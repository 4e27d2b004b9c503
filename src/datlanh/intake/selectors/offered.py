"""Forms as phones ask for them: what is on offer, one version, its files."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from datlanh.intake.models import FormMedia, FormVersion


def forms_offered(*, form: str = "", all_versions: bool = False) -> QuerySet[FormVersion]:
    """Form versions without their workbooks, with `has_media`; retired ones only when asked."""
    found = FormVersion.objects.defer("xlsform", "xform", "mapping_json").annotate(
        has_media=Exists(FormMedia.objects.filter(form_version=OuterRef("pk")))
    )
    if form:
        found = found.filter(form=form)
    if not all_versions:
        found = found.filter(retired_at=None)
    return found.order_by("form", "-published_at")


def form_version_get(form: str, version: str = "") -> FormVersion:
    """That version of a form, retired or not; without one, the version in use.

    Raises FormVersion.DoesNotExist.
    """
    found = FormVersion.objects.defer("xlsform", "mapping_json").filter(form=form)
    return found.get(version=version) if version else found.get(retired_at=None)


def media_of(version: FormVersion) -> QuerySet[FormMedia]:
    """The files that travel with a version, without their content."""
    return FormMedia.objects.defer("content").filter(form_version=version).order_by("name")
