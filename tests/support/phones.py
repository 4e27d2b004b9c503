"""A phone of a field user, as ODK Collect speaks: for tests of the OpenRosa addresses."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from datlanh.accounts.acting import SYSTEM
from datlanh.accounts.models import Device
from datlanh.accounts.services import device_add
from support.reports import demo_cast

RESPONSE = "{http://openrosa.org/http/response}"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 600
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 600


@dataclass
class Phone:
    """One device with its secret; `language` is what it asks for, "" for nothing."""

    device: Device
    secret: str
    language: str = ""
    client: Client = field(default_factory=Client)

    @property
    def headers(self) -> dict[str, str]:
        return {"X-OpenRosa-Version": "1.0"} | (
            {"Accept-Language": self.language} if self.language else {}
        )

    def url(self, page: str) -> str:
        return f"/key/{self.secret}/{page}"

    def get(self, page: str, **more: Any) -> HttpResponse:
        return self.client.get(
            self.url(page), headers=self.headers | more.pop("headers", {}), **more
        )

    def head(self, page: str = "submission") -> HttpResponse:
        return self.client.head(self.url(page), headers=self.headers)

    def send(
        self, xml: bytes, files: Mapping[str, bytes] | None = None, **more: Any
    ) -> HttpResponse:
        parts: dict[str, Any] = {
            name: SimpleUploadedFile(name, content, "application/octet-stream")
            for name, content in (files or {}).items()
        }
        parts["xml_submission_file"] = SimpleUploadedFile("report.xml", xml, "text/xml")
        address = self.url("submission") + "?deviceID=collect%3Aabc"
        return self.client.post(address, parts | more, headers=self.headers)


def phone_of(username: str = "renew.hientruong", language: str = "") -> Phone:
    """A new phone of one of the demonstration's people."""
    device, secret = device_add(user=demo_cast()[username], name="Máy thử", by=SYSTEM)
    return Phone(device, secret, language)


def message_of(answer: HttpResponse) -> str:
    """The sentence in an OpenRosaResponse."""
    root = ET.fromstring(answer.content)
    assert root.tag == f"{RESPONSE}OpenRosaResponse"
    found = root.find(f"{RESPONSE}message")
    assert found is not None
    assert found.text
    return found.text


def receipt_of(answer: HttpResponse) -> str:
    """The receipt number in the answer to a submission."""
    found = re.search(r"BC-\d{4}-\d{6}", message_of(answer))
    assert found, message_of(answer)
    return found[0]
