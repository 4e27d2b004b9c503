"""The form engine's page on a tiny server, and the hands that fill in a form on it."""

from __future__ import annotations

import email.policy
import http.server
import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.parser import BytesParser
from pathlib import Path
from typing import Any, ClassVar, Protocol

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "src/datlanh/delivery/static/datlanh/build/formengine"
PATIENCE_MS = 30_000  # two cores, and the package's WebAssembly has to start


class Form(Protocol):
    """A compiled form and the files that travel with it."""

    @property
    def xform(self) -> bytes: ...
    @property
    def media(self) -> dict[str, bytes]: ...


PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Form</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/formengine.css"></head><body>
<div id="form-engine" data-form="/{form}/xform" data-media="/{form}/media/" data-submit="/submit"
 data-basemap="/basemap" data-view="107.0,16.8,11" data-language="{language}"></div>
<script type="module" src="/static/formengine.js"></script></body></html>"""
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " connect-src 'self' data:; img-src 'self' data: blob:; font-src 'self' data:;"
    " worker-src 'self' blob: data:"
)
BASEMAP = b"""{"type": "FeatureCollection", "features": [{"type": "Feature",
"properties": {"name": "Cam Lo"}, "geometry": {"type": "Polygon", "coordinates":
[[[106.9, 16.7], [107.1, 16.7], [107.1, 16.9], [106.9, 16.9], [106.9, 16.7]]]}}]}"""


class Handler(http.server.BaseHTTPRequestHandler):
    """The page, the forms, their media; keeps what is posted."""

    forms: ClassVar[Mapping[str, Form]] = {}
    posted: ClassVar[list[list[tuple[str, bytes]]]] = []
    # Hands what is posted on to a server, as it came, and says what that answered.
    forward: ClassVar[Callable[[str, bytes], int] | None] = None

    def do_GET(self) -> None:
        path, _, language = self.path.partition("?")
        match path.strip("/").split("/"):
            case ["static", name]:
                kind = {".js": "text/javascript", ".css": "text/css"}[Path(name).suffix]
                self._say((BUILD / name).read_bytes(), kind)
            case ["basemap"]:
                self._say(BASEMAP, "application/json")
            case [form, "xform"]:
                self._say(self.forms[form].xform, "text/xml")
            case [form, "media", name]:
                self._say(self.forms[form].media[name], "text/csv")
            case [form]:
                page = PAGE.format(form=form, language=language or "vi")
                self._say(page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        parts = [(p.get_filename() or "", p.get_payload(decode=True)) for p in message.iter_parts()]
        self.posted.append(parts)  # type: ignore[arg-type]
        status = self.forward(self.headers["Content-Type"], body) if self.forward else 201
        self._say(b"received" if status < 300 else b"refused", "text/plain", status)

    def _say(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(
    forms: Mapping[str, Form], forward: Callable[[str, bytes], int] | None = None
) -> Iterator[str]:
    """Serve the engine's page for these forms; yields the address."""
    assert (BUILD / "formengine.js").exists(), (
        "build it: npm ci && npm run build in frontend/formengine"
    )
    Handler.forms, Handler.forward = forms, staticmethod(forward) if forward else None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def question(page: Page, label: str, nth: int = 0) -> Locator:
    """The box of the question with that label."""
    exact = page.get_by_text(re.compile(rf"^\s*(\* ?)?{re.escape(label)}\s*$"))
    return page.locator(".question-container", has=exact).nth(nth)


def typed(page: Page, label: str, text: str, nth: int = 0) -> None:
    """Real key presses: the number inputs take nothing else."""
    box = question(page, label, nth).locator("input, textarea").first
    box.click()
    box.press("Control+a")
    box.press_sequentially(text)
    box.press("Tab")


def chosen(page: Page, label: str, *options: str, nth: int = 0) -> None:
    """Pick options of a drop-down."""
    question(page, label, nth).locator(".p-select, .p-multiselect").click()
    for option in options:
        page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Escape")


def ticked(page: Page, label: str, *options: str) -> None:
    """Pick options that stand open."""
    for option in options:
        question(page, label).get_by_text(option, exact=True).click()


def drawn(page: Page, label: str, *points: tuple[float, float], nth: int = 0) -> None:
    """Tap on the map of a question, as fractions of its width and height."""
    viewport = question(page, label, nth).locator(".ol-viewport")
    viewport.scroll_into_view_if_needed()
    size = viewport.bounding_box()
    assert size is not None
    for across, down in points:
        position = {"x": size["width"] * across, "y": size["height"] * down}
        viewport.click(position=position)  # type: ignore[arg-type]
        page.wait_for_timeout(400)  # two quick taps are a double click


def picture() -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0\x80\x80\x80")
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def sent(page: Page) -> list[tuple[str, bytes]]:
    """Press send; the parts of what arrived: file name and content."""
    Handler.posted.clear()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#form-engine[data-state=received]")).to_be_attached()
    assert len(Handler.posted) == 1
    return Handler.posted[0]
