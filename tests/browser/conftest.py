"""A running site on a database of its own, and a Chromium that signs in to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from datlanh.accounts.demo import DEMO_PASSWORD
from datlanh.accounts.services import demo_accounts_seed
from datlanh.intake.xlsform import CompiledForm, read_form
from support.engine import serving

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 40_000  # two cores that may be busy with other things
expect.set_options(timeout=PATIENCE_MS)

# Playwright's own loop runs in this thread, and Django would refuse to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Site:
    """Where the site answers."""

    url: str


@pytest.fixture
def site(fresh_db: str, settings) -> Iterator[Site]:
    """The whole site over real HTTP; what it writes is committed."""
    demo_accounts_seed()
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.CHECK_INLINE = True
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join()
    connections.close_all()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that ./check found, otherwise Debian's."""
    program = os.environ.get("DATLANH_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def sign_in(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`sign_in("renew")` gives a page on which that person is signed in; `over` another address."""
    contexts: list[BrowserContext] = []

    def go(
        username: str, *, width: int = 1366, height: int = 768, over: str = "", touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="vi-VN",
            base_url=over or site.url,
            has_touch=touch,
            reduced_motion="reduce",  # colours are measured, not a moment of a fade
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/")
        return page

    yield go
    for context in contexts:
        context.close()


# ── Forms alone, without the site ───────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def forms() -> dict[str, CompiledForm]:
    return {path.stem: read_form(path) for path in sorted((ROOT / "forms").glob("*.xlsx"))}


@pytest.fixture(scope="session")
def address(forms: dict[str, CompiledForm]) -> Iterator[str]:
    with serving(forms) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that takes note of errors and of every address asked for."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, locale="vi-VN")
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
