"""Forms on offer: the list with hashes, each form, its manifest and its files."""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import NOT_ALLOWED, NotAllowedError, has
from datlanh.api.openrosa.answers import XML, language_of, openrosa
from datlanh.api.openrosa.callers import Caller
from datlanh.intake.models import FormMedia, FormVersion
from datlanh.intake.selectors.offered import form_version_get, forms_offered, media_of
from datlanh.kernel.text import Text

READ = ("GET", "HEAD")


@openrosa(*READ)
def form_list(request: HttpRequest, caller: Caller) -> HttpResponse:
    """`formList`: what the caller may fill in, with the digest of each form."""
    _may_read(caller)
    offered = forms_offered(
        form=request.GET.get("formID", ""),
        all_versions=request.GET.get("listAllVersions", "").lower() in ("true", "1", "yes"),
    )
    language = language_of(request, caller)
    entries = "".join(_entry(request, caller, version, language) for version in offered)
    return _xml(f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{entries}</xforms>')


@gzip_page  # a form is some 80 kB of XML, and a tenth of that on the line
@openrosa(*READ)
def form_get(request: HttpRequest, caller: Caller, form: str) -> HttpResponse:
    """One form as XForm; `version` names one, retired or not, else it is the one in use."""
    version = _version(request, caller, form)
    return HttpResponse(bytes(version.xform), content_type=XML)


@openrosa(*READ)
def manifest_get(request: HttpRequest, caller: Caller, form: str) -> HttpResponse:
    """The files of one form, with their digests."""
    version = _version(request, caller, form)
    entries = "".join(
        "<mediaFile>"
        + _elements(
            (
                ("filename", media.name),
                ("hash", f"md5:{media.md5}"),
                ("downloadUrl", _url(request, caller, version, "form_media", name=media.name)),
            )
        )
        + "</mediaFile>"
        for media in media_of(version)
    )
    return _xml(f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{entries}</manifest>')


@openrosa(*READ)
def media_get(request: HttpRequest, caller: Caller, form: str, name: str) -> HttpResponse:
    """One file of a form."""
    version = _version(request, caller, form)
    media = FormMedia.objects.filter(form_version=version, name=name).first()
    if media is None:
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return HttpResponse(bytes(media.content), content_type=kind)


def _may_read(caller: Caller) -> None:
    if not has(caller.user, Permission.FORM_READ):
        raise NotAllowedError(NOT_ALLOWED, permission=str(Permission.FORM_READ))


def _version(request: HttpRequest, caller: Caller, form: str) -> FormVersion:
    _may_read(caller)
    try:
        return form_version_get(form, request.GET.get("version", ""))
    except FormVersion.DoesNotExist as error:
        raise Http404 from error


def _entry(request: HttpRequest, caller: Caller, version: FormVersion, language: str) -> str:
    title = Text(version.title_vi, version.title_en)
    lines = [
        ("formID", version.form),
        ("name", title.say(language)),
        ("version", version.version),
        ("hash", f"md5:{version.xform_md5}"),
        ("downloadUrl", _url(request, caller, version, "form_get")),
    ]
    if getattr(version, "has_media", False):
        lines.append(("manifestUrl", _url(request, caller, version, "form_manifest")))
    return f"<xform>{_elements(lines)}</xform>"


def _url(
    request: HttpRequest, caller: Caller, version: FormVersion, page: str, **values: str
) -> str:
    path = caller.path(page, form=version.form, **values)
    return request.build_absolute_uri(f"{path}?{urlencode({'version': version.version})}")


def _elements(lines: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<{name}>{html.escape(value)}</{name}>" for name, value in lines)


def _xml(body: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type=XML)
