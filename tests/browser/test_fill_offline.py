"""Without a line, and when it breaks: nothing is lost, nothing doubled, nobody's is another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, expect

from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.models import Device, Session
from datlanh.accounts.services import device_revoke
from datlanh.intake.files import path_of
from datlanh.intake.models import Attachment, Held, Report
from support.engine import question
from support.filling import kept_here, opened, queued, released, signed_out, with_photo
from support.lines import Line, line_to

pytestmark = pytest.mark.browser

SENDER, OTHER = "renew.hientruong", "mag.hientruong"


@pytest.fixture
def line(site) -> Iterator[Line]:
    """Between the browser and the site."""
    with line_to(site.url) as found:
        yield found


@pytest.fixture
def ready(sign_in, line) -> Callable[..., Page]:
    """`ready()` gives a page of the app, with everything kept that it needs without a line."""

    def go(username: str = SENDER) -> Page:
        return kept_here(sign_in(username, over=line.url))

    return go


def refuse(monkeypatch, times: list[int]) -> None:
    """The server is busy (503) as long as `times` is empty."""
    from datlanh.api.openrosa import submission

    plain = submission.report_receive

    def busy(**words):
        if not times:
            raise OperationalError("busy")
        return plain(**words)

    monkeypatch.setattr(submission, "report_receive", busy)


def test_without_a_line_a_form_is_filled_in_and_waits(ready):
    page = ready()
    page.context.set_offline(True)
    page.goto("/fill/vi/")
    expect(page.get_by_text("Hiện không có mạng.")).to_be_visible()
    page.get_by_role("link", name="giải phóng").click()
    expect(page.locator(".odk-form")).to_be_visible()
    released(page)
    expect(queued(page, "waiting")).to_contain_text("HR-CLS-409-600008")
    page.reload()
    expect(queued(page, "waiting")).to_be_visible()
    assert Report.objects.count() == 0
    page.context.set_offline(False)
    expect(queued(page, "received")).to_contain_text("BC-")
    assert Report.objects.get().device == Device.objects.get()


def test_photos_wait_along_and_arrive_whole(ready):
    page = opened(ready(), "accident")
    page.context.set_offline(True)
    content = with_photo(page)
    expect(queued(page, "waiting")).to_contain_text("2 tệp")
    page.context.set_offline(False)
    expect(queued(page, "received")).to_be_visible()
    found = {a.media_type: a for a in Attachment.objects.all()}
    assert set(found) == {"image/png", "application/pdf"}
    assert path_of(found["application/pdf"].sha256).read_bytes() == content


SLOW = """() => {
    const ways = [[HTMLCanvasElement, "toBlob"], [OffscreenCanvas, "convertToBlob"]];
    for (const [kind, name] of ways) {
        const plain = kind.prototype[name];
        kind.prototype[name] = function (...words) {
            if (name === "toBlob") { setTimeout(() => plain.apply(this, words), 1500); return; }
            return new Promise((go) => setTimeout(go, 1500)).then(() => plain.apply(this, words));
        };
    }
}"""


def test_sending_waits_for_a_photo_that_is_still_made_smaller(ready):
    page = opened(ready(), "accident")
    page.evaluate(SLOW)
    with_photo(page)
    expect(queued(page, "received")).to_be_visible()
    assert {a.media_type for a in Attachment.objects.all()} == {"image/png", "application/pdf"}


@pytest.mark.parametrize("broken", ["upload", "answer"])
def test_a_line_lost_in_the_middle_loses_and_doubles_nothing(ready, line, broken):
    page = opened(ready(), "accident")
    if broken == "upload":
        line.cut_upload = 100_000
    else:
        line.swallow_answer = True
    with_photo(page, file_of=400_000)
    waiting = queued(page, "waiting")
    expect(waiting).to_contain_text("Đã thử lúc")
    assert Report.objects.count() == (0 if broken == "upload" else 1)
    line.mend()
    page.get_by_role("button", name="Gửi ngay").click()
    expect(queued(page, "received")).to_contain_text("BC-")
    report = Report.objects.get()
    assert report.receipt in queued(page, "received").inner_text()
    assert Attachment.objects.filter(report=report).count() == 2


def test_a_busy_server_is_asked_again(ready, monkeypatch):
    times: list[int] = []
    refuse(monkeypatch, times)
    page = opened(ready())
    released(page)
    expect(queued(page, "waiting")).to_contain_text("Máy chủ")
    times.append(1)
    page.get_by_role("button", name="Gửi ngay").click()
    expect(queued(page, "received")).to_be_visible()


def test_what_is_refused_says_why_and_is_kept(ready, settings):
    page = opened(ready(), "accident")
    settings.SUBMISSION_MAX_BYTES = 10_000
    with_photo(page, file_of=400_000)
    refused = queued(page, "refused")
    expect(refused).to_contain_text("lớn hơn")
    with page.expect_download() as saved:
        refused.get_by_role("button", name="Lưu ra tệp").click()
    assert saved.value.suggested_filename.endswith(".xml")
    settings.SUBMISSION_MAX_BYTES = 10**8
    refused.get_by_role("button", name="Thử lại").click()
    expect(queued(page, "received")).to_be_visible()


def test_a_secret_that_is_no_longer_known_is_renewed(ready):
    page = opened(ready())
    Device.objects.update(secret_sha256="0" * 64)
    released(page)
    expect(queued(page, "received")).to_be_visible()
    assert Report.objects.get().device == Device.objects.get()


def test_a_browser_that_is_shut_out_sends_and_it_is_kept_apart(ready):
    page = opened(ready())
    device_revoke(device=Device.objects.get(), by=SYSTEM)
    released(page)
    expect(queued(page, "held")).to_be_visible()
    assert Held.objects.get().receipt in queued(page, "held").inner_text()
    expect(page.get_by_text("Trình duyệt này đã bị thu hồi quyền gửi.")).to_be_visible()
    expect(page.locator("#form-list li")).to_have_count(0)
    assert Report.objects.count() == 0
    assert Device.objects.count() == 1


def test_a_session_that_ended_sends_nothing_until_one_signs_in_again(ready, line):
    page = opened(ready())
    Session.objects.all().delete()
    released(page)
    expect(page.get_by_text("Chưa có ai đăng nhập.")).to_be_visible()
    expect(page.locator("#queue-list > li")).to_have_count(0)
    assert Report.objects.count() == 0
    page.get_by_role("link", name="Đăng nhập").click()
    signed_in_here(page, SENDER)
    expect(queued(page, "received")).to_be_visible()


def signed_in_here(page: Page, username: str) -> None:
    from datlanh.accounts.demo import DEMO_PASSWORD

    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/fill/vi/")


def test_the_queue_belongs_to_a_person(ready):
    page = opened(ready())
    page.context.set_offline(True)
    released(page)
    expect(queued(page, "waiting")).to_be_visible()
    page.goto("about:blank")  # with the page open it would be sent at once
    page.context.set_offline(False)
    signed_out(page)
    # Without a line, right after signing out: nothing to be seen.
    page.context.set_offline(True)
    page.goto("/fill/vi/")
    expect(page.get_by_text("Chưa có ai đăng nhập.")).to_be_visible()
    expect(page.locator("#queue-list > li")).to_have_count(0)
    page.context.set_offline(False)
    page.goto("/accounts/login/?next=/fill/vi/")
    signed_in_here(page, OTHER)
    expect(page.get_by_text("biểu mẫu của người khác đang chờ")).to_be_visible()
    expect(page.locator("#form-list li")).to_have_count(9)
    expect(page.locator("#queue-list > li")).to_have_count(0)
    assert Report.objects.count() == 0
    signed_out(page)
    page.goto("/accounts/login/?next=/fill/vi/")
    signed_in_here(page, SENDER)
    expect(queued(page, "received")).to_be_visible()
    assert Report.objects.get().author.username == SENDER


def test_two_pages_send_it_once(ready, line):
    first = opened(ready())
    second = first.context.new_page()
    second.goto("/fill/vi/")
    expect(second.locator("#form-list li")).to_have_count(9)
    first.context.set_offline(True)
    released(first)
    for page in (first, second):
        expect(queued(page, "waiting")).to_be_visible()
    first.context.set_offline(False)
    for page in (first, second):
        expect(queued(page, "received")).to_be_visible()
    assert (line.submissions, Report.objects.count()) == (1, 1)


def test_a_new_version_changes_while_a_form_waits(ready, monkeypatch):
    times: list[int] = []
    refuse(monkeypatch, times)
    page = opened(ready())
    released(page)
    expect(queued(page, "waiting")).to_be_visible()
    monkeypatch.setattr("datlanh.web.fill.app._digest", lambda stamps: "another build")
    page.reload()
    page.get_by_role("button", name="Đổi sang bản mới").click()
    expect(page.get_by_text("Có phiên bản mới của ứng dụng.")).to_have_count(0)
    expect(queued(page, "waiting")).to_be_visible()
    assert page.evaluate("caches.keys().then(k => k.length)") == 1
    times.append(1)
    page.get_by_role("button", name="Gửi ngay").click()
    expect(queued(page, "received")).to_be_visible()


def test_storage_that_was_deleted_is_noticed_and_said(ready, line):
    page = opened(ready())
    page.context.set_offline(True)
    released(page)
    expect(queued(page, "waiting")).to_be_visible()
    page.goto("about:blank")
    tool = page.context.new_cdp_session(page)
    tool.send(
        "Storage.clearDataForOrigin",
        {"origin": line.url, "storageTypes": "indexeddb,cache_storage,service_workers"},
    )
    page.context.set_offline(False)
    page.goto("/fill/vi/")
    expect(page.locator("#notices [role=alert]")).to_contain_text(
        "1 biểu mẫu đang chờ ở đây đã mất."
    )
    expect(page.locator("#form-list li")).to_have_count(9)
    page.reload()  # said once, and not of the next one
    expect(page.locator("#form-list li")).to_have_count(9)
    expect(page.locator("#notices [role=alert]")).to_have_count(0)


FULL = """() => {
    const put = IDBObjectStore.prototype.put;
    window.isFull = true;
    IDBObjectStore.prototype.put = function (...words) {
        if (window.isFull) { throw new DOMException("no room", "QuotaExceededError"); }
        return put.apply(this, words);
    };
}"""


def test_a_full_disk_keeps_the_form_on_the_page(ready):
    """The browser's refusal is played: this Chromium takes no quota for a test."""
    page = opened(ready(), "accident")
    page.evaluate(FULL)
    with_photo(page)
    expect(page.locator("#notices [role=alert]")).to_contain_text("biểu mẫu CHƯA được lưu")
    expect(question(page, "Mã tai nạn").locator("input")).to_have_value("INC-409-000123")
    page.evaluate("window.isFull = false")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(queued(page, "received")).to_be_visible()


def test_nothing_of_anybody_is_in_the_cache(ready):
    page = ready()
    page.goto("/reports/")
    page.goto("/fill/vi/")
    kept = page.evaluate(
        "caches.keys().then(names => caches.open(names[0])).then(cache => cache.keys())"
        ".then(all => all.map(r => new URL(r.url).pathname))"
    )
    assert page.evaluate("caches.keys().then(names => names.length)") == 1
    own = {"/fill/vi/", "/fill/vi/form", "/fill/en/", "/fill/en/form"}
    assert own <= set(kept)
    assert all(k in own or k.startswith("/static/datlanh/build/") for k in kept)
    assert page.evaluate(
        "navigator.serviceWorker.getRegistrations().then(r => r.map(x => x.scope))"
    ) == [page.url.partition("/fill/")[0] + "/fill/"]


def test_leaving_a_form_that_was_touched_is_asked_about(ready):
    page = opened(ready())
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/fill/vi/")
    assert asked == []
    opened(page)
    question(page, "Mã Nhiệm vụ").locator("input").press_sequentially("1")
    page.goto("/fill/vi/")
    assert asked == ["beforeunload"]


def test_the_app_can_be_installed(ready):
    page = ready()
    tool = page.context.new_cdp_session(page)
    manifest = tool.send("Page.getAppManifest")
    assert manifest["errors"] == []
    found = tool.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The tests' browser is a private window, in which nothing can be installed.
    assert {e["errorId"] for e in found} <= {"in-incognito"}
