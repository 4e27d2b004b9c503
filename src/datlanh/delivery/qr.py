"""The QR code by which ODK Collect and KoboCollect set themselves up."""

from __future__ import annotations

import base64
import io
import json
import zlib

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

PROJECT_ICON = "🕊"
PROJECT_COLOR = "#1f6f5c"


def device_address(request: HttpRequest, secret: str) -> str:
    """The server address of one phone: its secret stands in it, so no password is typed."""
    forms = reverse("api:form_list", kwargs={"secret": secret})
    return request.build_absolute_uri(forms.removesuffix("/formList"))


def collect_settings(server_url: str, project_name: str, username: str = "") -> str:
    """The settings as the code carries them: JSON, deflated, in base64.

    The phone keeps its forms equal to the server's, sends by itself, and holds no password: the
    secret is in `server_url`. `username` goes into the reports' metadata only.
    """
    general: dict[str, object] = {
        "protocol": "odk_default",
        "server_url": server_url,
        "form_update_mode": "match_exactly",
        "periodic_form_updates_check": "every_fifteen_minutes",
        "autosend": "wifi_and_cellular",
        "delete_send": False,
        "app_language": "vi",
    }
    if username:
        general["metadata_username"] = username
    settings = {
        "general": general,
        "admin": {},
        "project": {"name": project_name, "icon": PROJECT_ICON, "color": PROJECT_COLOR},
    }
    plain = json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return base64.b64encode(zlib.compress(plain, 9)).decode("ascii")


def collect_settings_qr(server_url: str, project_name: str, username: str = "") -> SafeString:
    """The settings as an SVG picture: dark on white whatever the page's colours, 4 modules clear.

    Error correction L, as the app's own codes: it is read from a screen, and must stay coarse.
    """
    return text_qr(collect_settings(server_url, project_name, username))


def text_qr(text: str) -> SafeString:
    """Any text as such a picture."""
    code = segno.make(text, error="l", boost_error=False, micro=False)
    out = io.BytesIO()
    code.save(
        out,
        kind="svg",
        xmldecl=False,
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass="qr",
        lineclass=None,
    )
    return mark_safe(out.getvalue().decode("utf-8"))  # noqa: S308 - drawn here, not given
