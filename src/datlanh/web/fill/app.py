"""The app itself: two pages without anybody's data, the worker that keeps them, the manifest."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from datlanh.accounts.permissions import Permission
from datlanh.delivery.security import HEADER, policy
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language as language_now

BUILD = "datlanh/build/"
ENGINE = f"{BUILD}formengine/"
OWN = ("app.css", "fill.js", "fill-form.js", "icons.svg", "favicon.svg", "icon-192.png")
PAGES = {"fill_app": "web/fill/choose.html", "fill_form": "web/fill/form.html"}
LANGUAGES = ("vi", "en")
# The engine is compiled to WebAssembly and writes styles as it goes; this page alone allows it.
ENGINE_POLICY = policy(
    script_src="'self' 'wasm-unsafe-eval'",
    style_src="'self' 'unsafe-inline'",
    connect_src="'self' data: blob:",
    font_src="'self' data:",
    worker_src="'self' blob: data:",
)


@opens(Permission.REPORT_CREATE)
def entrance(request: StaffRequest) -> HttpResponse:
    """`/fill/`: to the app in the reader's language."""
    return HttpResponseRedirect(reverse("web:fill_app", args=[language_now()]))


@gzip_page
@opens(Permission.REPORT_CREATE)
def choose(request: StaffRequest, language: str) -> HttpResponse:
    """The forms, and what became of those that were filled in here."""
    return HttpResponse(_page("fill_app", language))


@gzip_page
@opens(Permission.REPORT_CREATE)
def form(request: StaffRequest, language: str) -> HttpResponse:
    """One form; which one, its script reads from the address."""
    return HttpResponse(_page("fill_form", language), headers={HEADER: ENGINE_POLICY})


@gzip_page
@opens(Permission.REPORT_CREATE)
def worker(request: StaffRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps; another list is another version."""
    script = _found("fill-worker.js")
    if script is None:
        raise Http404
    pages = {
        reverse(f"web:{name}", args=[spoken]): _page(name, spoken)
        for spoken in LANGUAGES
        for name in PAGES
    }
    kept = {"pages": list(pages), "files": _files()}
    seen = hashlib.sha256("".join(pages.values()).encode())
    seen.update(json.dumps(kept).encode())
    seen.update(_digest(_stamps()).encode())
    kept["version"] = seen.hexdigest()[:16]  # type: ignore[assignment]
    return HttpResponse(
        f"self.DATLANH = {json.dumps(kept)};\n{script.read_text(encoding='utf-8')}",
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@opens(Permission.REPORT_CREATE)
def manifest(request: StaffRequest, language: str) -> HttpResponse:
    """What a phone needs to install the app."""
    here = reverse("web:fill_app", args=[language])
    with translation.override(language):
        told = {
            "id": reverse("web:fill"),
            "name": _("Đất Lành: fill in forms"),
            "short_name": _("Đất Lành forms"),
            "lang": language,
            "start_url": here,
            "scope": reverse("web:fill"),
            "display": "standalone",
            "background_color": "#f4f3ee",
            "theme_color": "#10302b",
            "icons": [
                {
                    "src": static(f"{BUILD}icon-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                }
                for size in (192, 512)
            ],
        }
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), content_type="application/manifest+json"
    )


def _page(name: str, language: str) -> str:
    """A page of the app: the same for everybody, so that a browser may keep it."""
    other = "en" if language == "vi" else "vi"
    with translation.override(language):
        context = {
            "language": language,
            "other": reverse(f"web:{name}", args=[other]),
            "is_demo": bool(settings.DEMO),
            "engine": static(f"{ENGINE}formengine.js"),
        }
        return render_to_string(PAGES[name], context)


def _files() -> list[str]:
    """The addresses of what the pages load, as they ask for it."""
    fonts = sorted(p.name for p in (_folder() / "fonts").glob("*.woff2"))
    named = [static(BUILD + name) for name in (*OWN, *(f"fonts/{f}" for f in fonts))]
    engine = sorted(p.name for p in (_folder() / "formengine").iterdir())
    # The engine's parts find each other by their plain names; only its door is asked for by ours.
    parts = [f"{settings.STATIC_URL}{ENGINE}{n}" for n in engine if n.startswith("formengine-")]
    doors = [static(ENGINE + n) for n in engine if not n.startswith("formengine-")]
    return [*named, *doors, *parts]


def _found(name: str) -> Path | None:
    path = finders.find(BUILD + name)
    return Path(path) if isinstance(path, str) else None


def _folder() -> Path:
    script = _found("fill-worker.js")
    if script is None:
        raise Http404
    return script.parent


def _stamps() -> tuple[tuple[str, int], ...]:
    """The built files and when they were written: while these stay, so does the digest."""
    files = sorted(p for p in _folder().rglob("*") if p.is_file() and p.suffix != ".gz")
    return tuple((str(p), p.stat().st_mtime_ns) for p in files)


@lru_cache(maxsize=2)
def _digest(stamps: tuple[tuple[str, int], ...]) -> str:
    seen = hashlib.sha256()
    for path, _written in stamps:
        seen.update(Path(path).read_bytes())
    return seen.hexdigest()
