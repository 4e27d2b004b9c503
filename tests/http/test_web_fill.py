"""What the app that fills forms in asks the server, and what the server keeps from it."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Device, User
from datlanh.accounts.services import device_revoke
from datlanh.audit.models import Event
from datlanh.delivery.browsers import COOKIE, COUNTS, mark_of
from datlanh.intake.models import Held, Report
from datlanh.intake.services.verifying import report_return
from support.reports import approved, cha, demo_cast, received, sent, verified

pytestmark = pytest.mark.django_db

SENDER, OFFICER = "renew.hientruong", "renew"


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def signed_in(user: User) -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"})
    client.force_login(user, "datlanh.accounts.sessions.AccountBackend")
    return client


def enrolled(client: Client, known: object = "") -> dict:
    return client.post("/fill/device", {"known": known}).json()


# The pages -------------------------------------------------------------------------------------


def test_the_pages_are_the_same_for_everybody(cast):
    for path in ("/fill/vi/", "/fill/en/", "/fill/vi/form"):
        own, other = (signed_in(cast[who]).get(path) for who in (SENDER, "mag.hientruong"))
        assert own.content == other.content
        assert cast[SENDER].full_name not in own.content.decode()
        assert "csrf" not in own.content.decode()


def test_the_engine_has_a_policy_of_its_own_on_its_own_page(cast):
    client = signed_in(cast[SENDER])
    policies = {
        path: client.get(path)["Content-Security-Policy"]
        for path in ("/fill/vi/form", "/fill/vi/", "/")
    }
    assert "'wasm-unsafe-eval'" in policies["/fill/vi/form"]
    assert "'unsafe-eval'" not in policies["/fill/vi/form"]
    assert policies["/fill/vi/"] == policies["/"]
    assert "unsafe" not in policies["/"]
    assert "formengine" not in client.get("/fill/vi/").content.decode()
    assert "formengine" not in client.get("/").content.decode()


def test_the_worker_keeps_pages_and_built_files_only(cast):
    answer = signed_in(cast[SENDER]).get("/fill/worker.js")
    assert answer["Cache-Control"] == "no-cache"
    kept = json.loads(re.match(r"self\.DATLANH = (.*);\n", answer.content.decode())[1])
    assert kept["pages"] == ["/fill/vi/", "/fill/vi/form", "/fill/en/", "/fill/en/form"]
    assert all(f.startswith("/static/datlanh/build/") for f in kept["files"])
    assert any("formengine-MapBlock" in f for f in kept["files"])
    assert not any("map" in f.rpartition("/")[2].split("-")[0] for f in kept["files"])


def test_other_content_is_another_version_of_the_worker(cast, monkeypatch):
    client = signed_in(cast[SENDER])
    before = client.get("/fill/worker.js").content
    assert client.get("/fill/worker.js").content == before
    monkeypatch.setattr("datlanh.web.fill.app._digest", lambda stamps: "other")
    assert client.get("/fill/worker.js").content != before


def test_pages_and_forms_are_small_on_the_line(cast):
    client = signed_in(cast[SENDER])
    door = enrolled(client)["door"]
    for path, most in (("/fill/vi/", 6_000), (f"{door}forms/cha.xml", 25_000)):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip"
        assert len(answer.content) < most
        assert gzip.decompress(answer.content) == client.get(path).content


def test_the_manifest_speaks_the_language(cast):
    client = signed_in(cast[SENDER])
    vi, en = (
        json.loads(client.get(f"/fill/{v}/manifest.webmanifest").content) for v in ("vi", "en")
    )
    assert (vi["lang"], vi["start_url"], vi["scope"]) == ("vi", "/fill/vi/", "/fill/")
    assert vi["id"] == en["id"]
    assert vi["name"] != en["name"]


# Who is here -----------------------------------------------------------------------------------


def test_the_mark_of_a_person_goes_with_the_person(cast):
    client = signed_in(cast[SENDER])
    told = client.get("/fill/me").json()
    assert told["person"] == mark_of(cast[SENDER]) == client.cookies[COOKIE].value
    client.get("/")
    assert client.cookies[COOKIE].value == told["person"]
    client.post("/accounts/logout/")
    assert client.cookies[COOKIE].value == ""


def test_whoever_signs_in_as_somebody_else_closes_the_queue(cast):
    client = signed_in(cast[SENDER])
    client.get("/fill/me")
    client.force_login(cast["mag.hientruong"], "datlanh.accounts.sessions.AccountBackend")
    client.get("/")
    assert client.cookies[COOKIE].value == ""


@pytest.mark.parametrize(
    ("kept", "count"), [("{mark}.3~x.9", "3"), ("x.9", ""), ("{mark}.x", ""), ("", "")]
)
def test_the_first_page_counts_what_waits_in_this_browser(cast, kept, count):
    client = signed_in(cast[SENDER])
    client.cookies[COUNTS] = kept.format(mark=mark_of(cast[SENDER]))
    page = client.get("/").content.decode()
    found = re.search(r"đã điền ở máy này, chưa gửi</span><span class=\"big n\">(\d+)", page)
    assert (found[1] if found else "") == count


# The browser as a device -----------------------------------------------------------------------


def test_a_browser_is_a_device_of_its_person(cast):
    client = signed_in(cast[SENDER])
    told = enrolled(client)
    device = Device.objects.get()
    assert (device.pk, device.name, device.is_browser) == (told["id"], "Chrome, Linux", True)
    assert device.user == cast[SENDER]
    assert Event.objects.filter(action="device.add", actor_id=cast[SENDER].pk).count() == 1
    assert client.get(f"{told['door']}formList").status_code == 200
    page = signed_in(cast[OFFICER]).get("/devices/").content.decode()
    assert "Chrome, Linux" in page


def test_the_same_browser_stays_one_device_with_a_new_secret(cast):
    client = signed_in(cast[SENDER])
    first = enrolled(client)
    second = enrolled(client, first["id"])
    assert (second["id"], Device.objects.count()) == (first["id"], 1)
    assert client.get(f"{first['door']}formList").status_code == 404
    assert client.get(f"{second['door']}formList").status_code == 200


@pytest.mark.parametrize("known", ["abc", "-1", "99999999999999", "0"])
def test_nonsense_for_a_number_is_a_new_device(cast, known):
    assert enrolled(signed_in(cast[SENDER]), known)["id"] == Device.objects.get().pk


def test_nobody_takes_over_the_device_of_another(cast):
    theirs = enrolled(signed_in(cast["mag.hientruong"]))
    mine = enrolled(signed_in(cast[SENDER]), theirs["id"])
    assert mine["id"] != theirs["id"]
    assert Device.objects.get(pk=theirs["id"]).user == cast["mag.hientruong"]


def test_a_browser_that_is_shut_out_stays_so_and_what_it_sends_is_held(cast):
    client = signed_in(cast[SENDER])
    told = enrolled(client)
    device_revoke(device=Device.objects.get(), by=SYSTEM)
    again = enrolled(client, told["id"])
    assert (again["id"], again["is_shut_out"]) == (told["id"], True)
    assert client.get(f"{again['door']}formList").status_code == 403
    answer = client.post(f"{again['door']}submission", sent(cha(1)), content_type="text/xml")
    assert answer["X-Datlanh-Receipt"] == Held.objects.get().receipt
    assert answer["X-Datlanh-Held"] == "1"
    assert Report.objects.count() == 0


def test_the_receipt_stands_in_a_header_new_or_known(cast):
    client = signed_in(cast[SENDER])
    door, xml = enrolled(client)["door"], sent(cha(1))
    answers = [client.post(f"{door}submission", xml, content_type="text/xml") for _ in "ab"]
    receipt = Report.objects.get().receipt
    assert [a.status_code for a in answers] == [201, 202]
    assert {a["X-Datlanh-Receipt"] for a in answers} == {receipt}
    assert not any(a.has_header("X-Datlanh-Held") for a in answers)


# Forms with answers ----------------------------------------------------------------------------


def opened(client: Client, query: str) -> dict[str, list[str]]:
    """The answers with which the form opens, by the name of the question."""
    answer = client.get(f"/fill/prefilled?{query}")
    assert answer.status_code == 200, answer.content
    document = ET.fromstring(answer.json()["xform"])
    instance = next(document.iter("{http://www.w3.org/2002/xforms}instance"))
    found: dict[str, list[str]] = {}
    for element in instance[0].iter():
        if element.text and not len(element):
            found.setdefault(element.tag.rpartition("}")[2], []).append(element.text)
    return found


def test_a_change_opens_with_what_the_register_holds(cast):
    client = signed_in(cast[SENDER])
    with acting(SYSTEM):
        report = approved(
            verified(received(cha(1), by=cast[SENDER]), by=cast[OFFICER]), by=cast["kiemtra2"]
        )
    found = opened(client, f"kind=hazardous_area&record={report.record_local_id}")
    assert found["cha_id"] == [report.record_local_id]
    assert found["status"] == ["open"]
    assert found["polygon_points"][0].count(";") >= 3
    assert "information_manager_date" not in found  # the date of the new information is to be given
    assert "instanceID" not in found
    assert "team_leader" not in found  # a person


def test_a_returned_report_opens_with_its_answers(cast):
    client = signed_in(cast[SENDER])
    report = received(cha(1, village="Thôn Mẫu", team_leader="Trương Thị Kín"), by=cast[SENDER])
    verified(report, by=cast[OFFICER])
    report_return(id=report.pk, by=cast["kiemtra2"], note="Thiếu ảnh")
    query = f"report={report.receipt}"
    found = opened(client, query)
    assert found["village"] == ["Thôn Mẫu"]
    assert found["information_manager_date"]
    assert "correction_of" not in found
    left_out = client.get(f"/fill/prefilled?{query}").json()["left_out"]
    assert left_out
    assert "Kín" not in json.dumps(left_out, ensure_ascii=False)


def test_the_correction_of_an_approved_report_names_it(cast):
    report = approved(
        verified(received(cha(1), by=cast[SENDER]), by=cast[OFFICER]), by=cast["kiemtra2"]
    )
    assert opened(signed_in(cast[SENDER]), f"report={report.receipt}")["correction_of"] == [
        report.receipt
    ]


def test_a_report_of_another_organisation_is_not_sent_anew(cast):
    """Even by who may report for all: a browser sends for its person's own organisation."""
    report = received(cha(1), by=cast[SENDER])
    report = approved(verified(report, by=cast[OFFICER]), by=cast["kiemtra2"])
    client = signed_in(cast["csdl"])
    assert client.get(f"/fill/prefilled?report={report.receipt}").status_code == 422
    foreign = signed_in(cast["mag.hientruong"])
    assert foreign.get(f"/fill/prefilled?report={report.receipt}").status_code == 404


def test_a_report_that_waits_is_not_sent_anew(cast):
    report = received(cha(1), by=cast[SENDER])
    answer = signed_in(cast[SENDER]).get(
        f"/fill/prefilled?report={report.receipt}", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert report.receipt in answer.json()["detail"]
