"""Hands for the app that fills forms in on the site."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from support.engine import picture, question, typed


def opened(page: Page, form: str = "land_release", language: str = "vi", more: str = "") -> Page:
    """The page of one form, once the engine stands there."""
    page.goto(f"/fill/{language}/form?{more or f'id={form}'}")
    expect(page.locator(".odk-form")).to_be_visible()
    return page


def released(page: Page, number: str = "HR-CLS-409-600008") -> None:
    """The least that a land release must say, and send."""
    typed(page, "Mã Nhiệm vụ", number)
    typed(page, "Ngày kết thúc", "01/10/2026")
    page.get_by_role("button", name="Gửi", exact=True).click()


def queued(page: Page, state: str) -> Locator:
    """What stands in the queue in that state."""
    return page.locator(f"#queue-list > li[data-state={state}]")


def with_photo(page: Page, *, file_of: int = 0) -> bytes:
    """An accident with a photo and (of so many bytes) a file, sent; what the file holds."""
    typed(page, "Mã tai nạn", "INC-409-000123")
    typed(page, "Ngày điều tra", "01/10/2026")
    photo = {"name": "anh.png", "mimeType": "image/png", "buffer": picture()}
    question(page, "Ảnh chụp").locator("input[type=file]").last.set_input_files(photo)  # type: ignore[arg-type]
    content = b"%PDF-1.7 " + b"\0" * (file_of or 100)
    sketch = {"name": "so-do.pdf", "mimeType": "application/pdf", "buffer": content}
    question(page, "Tệp đính kèm").locator("input[type=file]").set_input_files(sketch)  # type: ignore[arg-type]
    page.get_by_role("button", name="Gửi", exact=True).click()
    return content


def kept_here(page: Page) -> Page:
    """The app with all that it needs without a line."""
    page.goto("/fill/vi/")
    expect(page.locator("#form-list li")).to_have_count(9)
    expect(page.locator("#forms[data-kept]")).to_be_attached()
    expect(page.locator("#works-offline")).to_be_visible()
    return page


def signed_out(page: Page) -> None:
    """By the menu of any other page."""
    page.goto("/")
    page.locator(".bar .end details.menu > summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/accounts/login/**")
