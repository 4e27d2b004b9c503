"""The province's forms in a real browser: filled in, sent, and read again.

The built page is served by a few lines of http.server, without Django.
"""

from __future__ import annotations

import email.policy
import http.server
import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from datlanh.intake.instance import answers_of, attachment_names, read_instance, unknown_elements
from datlanh.intake.xlsform import CompiledForm, read_form

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "src/datlanh/delivery/static/datlanh/build/formengine"
PATIENCE_MS = 30_000  # two cores, and the package's WebAssembly has to start

pytestmark = pytest.mark.browser

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

    forms: ClassVar[dict[str, CompiledForm]] = {}
    posted: ClassVar[list[list[tuple[str, bytes]]]] = []

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
        self._say(b"received", "text/plain", 201)

    def _say(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def forms() -> dict[str, CompiledForm]:
    return {n: read_form(ROOT / f"forms/{n}.xlsx") for n in ("cha", "land_release")}


@pytest.fixture(scope="module")
def address(forms: dict[str, CompiledForm]) -> Iterator[str]:
    if not (BUILD / "formengine.js").exists():
        pytest.fail("the form engine is not built: npm ci && npm run build in frontend/formengine")
    Handler.forms = forms
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that takes note of errors and of every address asked for."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900}, locale="vi-VN")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    context.close()


@pytest.fixture
def troubles(page: Page, address: str) -> list[str]:
    """Errors on the page, and requests that leave it."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)

    def asked(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            found.append(url)

    page.on("request", lambda request: asked(request.url))
    return found


@pytest.fixture
def visit(page: Page, address: str) -> Callable[..., Page]:
    """Open a form and wait until it stands there."""

    def go(form: str, language: str = "vi") -> Page:
        page.goto(f"{address}/{form}?{language}")
        expect(page.locator(".odk-form")).to_be_visible(timeout=PATIENCE_MS)
        return page

    return go


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


@pytest.mark.parametrize(
    ("form", "language", "words"),
    [
        ("cha", "vi", ("Mã KV KĐNH", "Gửi")),
        ("cha", "en", ("CHA ID", "Send")),
        ("land_release", "vi", ("Mã Nhiệm vụ", "Gửi")),
        ("land_release", "en", ("LR ID", "Send")),
    ],
)
def test_a_form_opens_in_the_pages_language(visit, troubles, form, language, words):
    page = visit(form, language)
    expect(question(page, words[0])).to_be_visible()
    expect(page.get_by_role("button", name=words[1], exact=True)).to_be_visible()
    assert troubles == []


def test_a_form_without_id_or_date_is_not_sent(visit):
    page = visit("cha")
    Handler.posted.clear()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_text("2 câu hỏi cần sửa.")).to_be_visible()
    expect(page.get_by_text("Ghi ngày xác nhận: đây là ngày của thông tin")).to_be_visible()
    assert Handler.posted == []


def test_a_hazardous_area_is_filled_in_sent_and_read(visit, troubles, forms, tmp_path):
    page = visit("cha")
    typed(page, "Mã KV KĐNH", "HAZ-409-600123")
    chosen(page, "Tổ chức", "MAG")
    typed(page, "Đội trưởng", "Hồ Thị Mẫu")
    typed(page, "Đội trưởng: điện thoại", "+84 900 000 001")
    typed(page, "Ngày xác định khu vực CHA", "01/10/2026")
    ticked(page, "Tình trạng", "Chưa rà")
    chosen(page, "Xã, phường, đặc khu", "Xã Cam Lộ")
    typed(page, "Thôn, bản, khu phố", "Thôn Bãi Hà")
    drawn(page, "Thông tin tọa độ", (0.5, 0.5))
    drawn(
        page,
        "Điểm khoanh vùng Khu vực Khẳng định Nguy hiểm",
        (0.3, 0.3),
        (0.6, 0.3),
        (0.6, 0.6),
        (0.3, 0.6),
    )
    typed(page, "Diện tích Khu vực Khẳng định Nguy hiểm (m²)", "61947")
    typed(page, "Số lượng", "3")
    chosen(page, "Nhóm", "Bom chùm")
    chosen(page, "Chủng loại", "Bom con (bom bi)")
    chosen(page, "Tên vật nổ", "Bom bi BLU-26 (bom ổi)")
    typed(page, "Mã điểm bằng chứng (Geolink)", "EV001")
    ticked(page, "Loại thảm thực vật", "Đồng cỏ", "Tre")
    typed(page, "Quản lý thông tin (IM): ngày xác nhận", "07/10/2026")
    chosen(page, "Thông tin cần xóa khỏi hồ sơ", "Tình trạng")
    photo = {"name": "hiện trường.png", "mimeType": "image/png", "buffer": picture()}
    question(page, "Ảnh chụp").locator("input[type=file]").last.set_input_files(photo)
    sketch = tmp_path / "so-do.pdf"
    sketch.write_bytes(b"%PDF-1.7 sketch")
    question(page, "Tệp đính kèm").locator("input[type=file]").set_input_files(sketch)

    parts = sent(page)
    instance = read_instance(parts[0][1])
    mapping = forms["cha"].mapping
    answers = answers_of(instance, mapping)
    assert answers.problems == {}
    assert unknown_elements(instance, mapping) == []
    names = attachment_names(instance, mapping)
    assert parts[0][0] == "submission.xml"
    assert sorted(name for name, _ in parts[1:]) == sorted(names)
    assert dict(parts)[answers.values["attachment"]] == b"%PDF-1.7 sketch"
    assert dict(parts)[answers.rows["photos"][0]["values"]["photo"]][:4] == b"\x89PNG"
    given = {k: v for k, v in answers.values.items() if k != "attachment"}
    assert given == {
        "cha_id": "HAZ-409-600123",
        "organisation": "mag",
        "team_leader": "Hồ Thị Mẫu",
        "team_leader_phone": "+84 900 000 001",
        "identification_date": "2026-10-01",
        "status": "open",
        "commune": "19597",
        "village": "Thôn Bãi Hà",
        "area_size": 61947.0,
        "vegetation_type": ["grass", "bamboo"],
        "information_manager_date": "2026-10-07",
        "clear_answers": ["status"],
    }
    assert answers.points["coordinates"] == pytest.approx([107.0, 16.8], abs=0.02)
    ring = answers.polygons["polygon_points"][0]
    assert ring[0] == ring[-1]
    assert len(ring) == 5
    assert answers.rows["found_items"][0]["values"] == {
        "quantity": 3,
        "category": "cluster_munition",
        "sub_category": "submunition",
        "model": "blu_26",
        "geolink": "EV001",
    }
    assert troubles == []


def test_a_land_release_is_filled_in_sent_and_read(visit, troubles, forms):
    page = visit("land_release")
    typed(page, "Mã Nhiệm vụ", "HR-CLC-409-600007")
    typed(page, "Ngày bắt đầu", "01/09/2026")
    typed(page, "Ngày kết thúc", "01/10/2026")
    ticked(page, "Phương pháp", "Rà bom chùm", "Chó dò thuốc nổ")
    typed(page, "Độ sâu Rà phá (cm)", "30")
    typed(page, "Diện tích thực rà (m²)", "482500")
    typed(page, "Hoàn thành giải phóng (%)", "100")
    chosen(page, "Tên vật nổ", "Tên khác hoặc chưa rõ")
    typed(page, "Tên vật nổ (ghi tay)", "Đạn lạ")
    chosen(page, "Lý do", "Ao, hồ")
    drawn(page, "Khoanh vùng", (0.3, 0.3), (0.6, 0.3), (0.6, 0.6))

    instance = read_instance(sent(page)[0][1])
    mapping = forms["land_release"].mapping
    answers = answers_of(instance, mapping)
    assert answers.problems == {}
    assert answers.values == {
        "lr_id": "HR-CLC-409-600007",
        "start_date": "2026-09-01",
        "end_date": "2026-10-01",
        "method": ["cluster_munition_clearance", "explosive_detecting_dog"],
        "clearance_depth": 30.0,
        "cleared_area": 482500.0,
        "release_completion": 100,
    }
    assert answers.rows["found_items"][0]["values"] == {"model": "other", "model_other": "Đạn lạ"}
    pocket = answers.rows["uncleared_pockets"][0]
    assert pocket["values"] == {"pocket_reason": "pond_lake"}
    assert len(pocket["polygons"]["pocket_outline"][0]) == 4
    assert troubles == []


def test_the_page_may_take_a_submission_over(visit):
    """The offline queue listens for the event and keeps what it carries."""
    page = visit("land_release")
    page.evaluate("""addEventListener("datlanh:submission", (event) => {
        event.preventDefault();
        window.kept = { xml: event.detail.xml, id: event.detail.instanceId };
        event.detail.received();
    })""")
    Handler.posted.clear()
    typed(page, "Mã Nhiệm vụ", "HR-CLS-409-600008")
    typed(page, "Ngày kết thúc", "01/10/2026")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#form-engine[data-state=received]")).to_be_attached()
    kept = page.evaluate("window.kept")
    assert read_instance(kept["xml"].encode()).instance_id == kept["id"]
    assert Handler.posted == []


def sent(page: Page) -> list[tuple[str, bytes]]:
    """Press send; the parts of what arrived: file name and content."""
    Handler.posted.clear()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#form-engine[data-state=received]")).to_be_attached()
    assert len(Handler.posted) == 1
    return Handler.posted[0]
