"""Signing in with a second step, in a real browser: app, recovery code, passkey."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.conftest import PATIENCE_MS, Site
from datlanh.accounts.demo import DEMO_PASSWORD
from support.totp import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(browser: Browser, site: Site, settings) -> Iterator[Page]:
    """A page of somebody who is asked for a second step. Passkeys want a name, not an address."""
    settings.SECOND_STEP_REQUIRED = True
    settings.ALLOWED_HOSTS = ["localhost"]
    opened = context_of(browser, site)
    yield opened.new_page()
    opened.close()


def context_of(browser: Browser, site: Site) -> BrowserContext:
    address = site.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(locale="en-GB", base_url=address)
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
    return context


def authenticator(page: Page) -> None:
    """A fingerprint reader that is not there: Chromium's own, through its debugging door."""
    door = page.context.new_cdp_session(page)
    door.send("WebAuthn.enable")
    door.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def password(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")


def again(page: Page) -> None:
    """Before the second step is changed, the password is asked for once more."""
    page.wait_for_url("**/reauthenticate/**")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.click("main button.pri")
    page.wait_for_url("**/accounts/login/**")


def test_an_app_then_a_recovery_code(page: Page) -> None:
    password(page, "kiemtra2")
    expect(page.get_by_text("Your role approves or administers")).to_be_visible()
    page.goto("/review/")
    expect(page).to_have_url(re.compile("/accounts/2fa/$"))
    page.get_by_role("link", name="Set up an app").click()
    again(page)
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", code_of(secret))
    page.click("main form button.pri")
    codes = page.input_value("#recovery_codes").split()
    assert len(codes) == 10
    page.goto("/review/")
    expect(page).to_have_url(re.compile("/review/"))

    sign_out(page)
    password(page, "kiemtra2")
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    page.fill("input[name=code]", "000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".error")).to_contain_text("Incorrect code")
    page.fill("input[name=code]", codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("nav.nav")).to_contain_text("Review")
    page.goto("/account/sessions/")
    expect(page.locator("[data-session]")).to_have_count(1)
    expect(page.locator("[data-session]")).to_contain_text("Chrome, Linux")

    sign_out(page)
    password(page, "kiemtra2")
    page.fill("input[name=code]", codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".error")).to_contain_text("Incorrect code")  # each opens once


def test_a_passkey_and_then_no_password_at_all(page: Page) -> None:
    authenticator(page)
    password(page, "csdl")
    page.get_by_role("link", name="Add a passkey").click()
    again(page)
    page.fill("input[name=name]", "Office machine")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("cell", name="Office machine")).to_be_visible()
    page.goto("/users/")
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("nav.nav")).to_contain_text("Review")

    sign_out(page)
    password(page, "csdl")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("nav.nav")).to_contain_text("Review")


def test_an_administrator_signs_somebody_out(page: Page, browser: Browser, site: Site) -> None:
    authenticator(page)
    password(page, "csdl")
    page.get_by_role("link", name="Add a passkey").click()
    again(page)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    other = context_of(browser, site)
    theirs = other.new_page()
    password(theirs, "mag")
    expect(theirs.locator("nav.nav")).to_contain_text("Review")
    page.goto("/users/?q=mag")
    page.get_by_role("link", name="Hoàng Minh Thuỷ").click()
    page.get_by_role("button", name="End all sessions").click()
    expect(page.get_by_text("1 sessions ended")).to_be_visible()
    theirs.goto("/areas/")
    expect(theirs).to_have_url(re.compile("/accounts/login/"))
    other.close()
