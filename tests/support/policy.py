"""Who may do what at which address: one entry for each, by permission.

Read an entry as a sentence: "`review_approve` opens to who has `report:approve`; the report must
lie within their `report:read` and, for the step itself, within their `report:approve`."
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datlanh.accounts.permissions import Permission
from datlanh.accounts.selectors import grants_of
from datlanh.intake.batching import seen_in_batch
from datlanh.kernel import clock
from support.boxes import home
from support.matrix import (
    ABSENT,
    DONE,
    FORBIDDEN,
    NOT_SERVED,
    OPENS,
    REFUSED,
    TAKEN,
    UNKNOWN,
    Entry,
    Words,
)
from support.reports import cha, field_of, sent
from support.world import Things, World


def report(which: str, **more: Any) -> Words:
    """The address of one of the operator's reports."""
    return lambda world, things: {"receipt": getattr(things, which).receipt, **more}


def values(**fixed: Any) -> Words:
    """The same for everybody."""
    return lambda world, things: fixed


def area(world: World, things: Things) -> Mapping[str, Any]:
    return {"local_id": things.area}


def release(world: World, things: Things) -> Mapping[str, Any]:
    return {"local_id": things.release}


def task(world: World, things: Things) -> Mapping[str, Any]:
    return {"slug": "eod", "local_id": things.task}


def links_to_tasks(things: Things) -> list[str]:
    return [f"/records/eod/{things.task}/"]


def one_box(world: World, things: Things) -> Mapping[str, Any]:
    """The middle of the operator's ground, entered on the map."""
    return {"boxes": json.dumps({home(things.spec.ground).id: ["red", 1]}), "on": "2026-11-01"}


def organisation(world: World, things: Things) -> Mapping[str, Any]:
    return {"key": things.spec.key}


def village(world: World, things: Things) -> Mapping[str, Any]:
    return {"q": things.spec.village}


def tile_of(zoom: int) -> Words:
    """The tile over the operator's area."""

    def found(world: World, things: Things) -> Mapping[str, Any]:
        at = field_of(things.spec.ground).centroid
        side = 2**zoom
        lat = math.radians(at.y)
        return {
            "z": zoom,
            "x": int((at.x + 180) / 360 * side),
            "y": int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * side),
        }

    return found


def links_to_areas(things: Things) -> list[str]:
    return [f"/areas/{things.area}/"]


def areas_told(things: Things) -> list[str]:
    return [things.area, things.other.record_local_id]


# Pages that show one thing, or take a step with it ---------------------------------------------

THINGS = (
    Entry("web:area", opens=(Permission.RECORD_READ,), finds=Permission.RECORD_READ, where=area),
    Entry(
        "web:area_move",
        "POST",
        opens=(Permission.AREA_MOVE,),
        finds=Permission.AREA_MOVE,
        answer=DONE,
        where=area,
        sends=values(step="task", seen="cha", on="2026-11-01"),
    ),
    Entry("web:area_steps", opens=(Permission.AREA_MOVE,)),
    Entry("web:area_steps_take", "POST", opens=(Permission.AREA_MOVE,), answer=DONE),
    Entry(
        "web:area_cut", opens=(Permission.RECORD_READ,), finds=Permission.RECORD_READ, where=area
    ),
    Entry(
        "web:area_cut",
        "POST",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        answer=ABSENT,  # without a line that cuts it, nothing is sent
        where=area,
    ),
    Entry("web:area_divide", opens=(Permission.AREA_MOVE,), finds=Permission.AREA_MOVE, where=area),
    Entry(
        "web:area_divide_propose",
        "POST",
        opens=(Permission.AREA_MOVE,),
        finds=Permission.AREA_MOVE,
        answer=DONE,
        where=area,
        sends=values(note="vì sao"),
    ),
    Entry(
        "web:area_divide_answer",
        "POST",
        opens=(Permission.AREA_MOVE,),
        finds=Permission.AREA_MOVE,
        answer=DONE,
        where=area,
        sends=values(answer="decline"),
    ),
    Entry(
        "web:area_ledger",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=area,
    ),
    Entry(
        "web:release", opens=(Permission.RECORD_READ,), finds=Permission.RECORD_READ, where=release
    ),
    Entry("web:record", opens=(Permission.RECORD_READ,), finds=Permission.RECORD_READ, where=task),
    Entry(
        "web:area_documents",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=area,
    ),
    Entry(
        "web:document_issue",
        "POST",
        opens=(Permission.DOCUMENT_ISSUE,),
        finds=Permission.RECORD_READ,
        acts=Permission.DOCUMENT_ISSUE,
        where=area,
        sends=values(kind="handover", men="4", women="5", boys="", girls="1"),
        answer=DONE,
    ),
    Entry(
        "web:document_file",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=lambda w, t: {"number": w.paper(t), "language": "vi"},
    ),
    *(
        Entry(
            "web:map_card",
            opens=(Permission.MAP_READ,),
            finds=Permission.MAP_READ,
            where=where,
            query=values(on="2026-11-22") if past else values(),
            note=f"{kind}, past" if past else kind,
        )
        for kind, past, where in (
            ("area", False, lambda w, t: {"kind": "area", "id": str(t.bound.record_id)}),
            ("release", False, lambda w, t: {"kind": "release", "id": str(t.finished.record_id)}),
            ("point", False, lambda w, t: {"kind": "point", "id": t.item}),
            ("evidence", False, lambda w, t: {"kind": "point", "id": t.evidence}),
            ("row", False, lambda w, t: {"kind": "point", "id": t.row}),
        )
    ),
    *(
        Entry(
            "web:report",
            opens=(Permission.REPORT_READ,),
            finds=Permission.REPORT_READ,
            where=report(which),
            note=which,
        )
        for which in ("bound", "verified", "proposed", "received", "finished")
    ),
    Entry(
        "web:persons_erase",
        opens=(Permission.PERSON_ERASE,),
        finds=Permission.PERSON_ERASE,
        where=area,
    ),
    Entry(
        "web:persons_erase",
        "POST",
        opens=(Permission.PERSON_ERASE,),
        finds=Permission.PERSON_ERASE,
        where=area,
        sends=values(reason="Theo đơn của gia đình"),
        answer=DONE,
    ),
    Entry(
        "web:report_file",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        where=lambda w, t: {"receipt": t.bound.receipt, "number": t.file.pk},
    ),
    Entry(
        "web:report_correct",
        opens=(Permission.REPORT_VERIFY,),
        finds=Permission.REPORT_VERIFY,
        where=report("received"),
    ),
    Entry(
        "web:report_correct",
        "POST",
        opens=(Permission.REPORT_VERIFY,),
        finds=Permission.REPORT_VERIFY,
        where=report("received"),
        sends=values(do="check"),
    ),
    Entry(
        "web:report_shape",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        where=report("received"),
    ),
    Entry(
        "web:report_shape_decide",
        "POST",
        opens=(Permission.REPORT_VERIFY,),
        finds=Permission.REPORT_VERIFY,
        where=report("received"),
        sends=values(do="keep:spike-1", question="polygon_points", reason="so"),
        answer=DONE,  # back to the page, which says that there is no such problem
    ),
    Entry(
        "web:report_shape_ask",
        "POST",
        opens=(Permission.REPORT_VERIFY,),
        finds=Permission.REPORT_VERIFY,
        where=report("received"),
        sends=values(drawing="", question="polygon_points"),
    ),
    Entry(
        "web:report_verify",
        "POST",
        opens=(Permission.REPORT_VERIFY,),
        finds=Permission.REPORT_VERIFY,
        where=report("received"),
        answer=DONE,
    ),
    *(
        Entry(
            "web:review_report",
            opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
            finds=Permission.REPORT_READ,
            where=report(which),
            note=which,
        )
        for which in ("verified", "received", "bound")
    ),
    Entry(
        "web:review_approve",
        "POST",
        opens=(Permission.REPORT_APPROVE,),
        finds=Permission.REPORT_READ,
        acts=Permission.REPORT_APPROVE,
        where=report("verified"),
        sends=values(record="new"),
        answer=DONE,
    ),
    Entry(
        "web:review_return",
        "POST",
        opens=(Permission.REPORT_APPROVE,),
        finds=Permission.REPORT_READ,
        acts=Permission.REPORT_APPROVE,
        where=report("verified"),
        sends=values(note="Thiếu toạ độ"),
        answer=DONE,
    ),
    *(
        Entry(
            "web:review_propose",
            "POST",
            opens=(Permission.REPORT_APPROVE, Permission.REPORT_WITHDRAW),
            finds=Permission.REPORT_READ,
            acts=needed,
            where=report(which),
            sends=values(step=step, note="Trùng báo cáo"),
            answer=DONE,
            note=step,
        )
        for step, which, needed in (
            ("refuse", "verified", Permission.REPORT_APPROVE),
            ("withdraw", "bound", Permission.REPORT_WITHDRAW),
            ("revoke", "bound", Permission.REPORT_WITHDRAW),
        )
    ),
    *(
        Entry(
            "web:review_confirm",
            "POST",
            opens=(Permission.REPORT_APPROVE, Permission.REPORT_WITHDRAW),
            finds=Permission.REPORT_READ,
            acts=Permission.REPORT_APPROVE,
            where=report("proposed"),
            sends=values(answer=answer),
            answer=DONE,
            note=answer,
        )
        for answer in ("confirm", "decline")
    ),
    Entry(
        "web:review_beside",
        opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
        finds=Permission.REPORT_READ,
        where=report("verified"),
    ),
    Entry(
        "web:review_assign",
        "POST",
        opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
        finds=Permission.REPORT_READ,
        acts=Permission.REPORT_APPROVE,
        where=report("verified"),
        sends=values(to="csdl"),
        answer=DONE,
    ),
    Entry(
        "web:report_remark",
        "POST",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        where=report("bound"),
        sends=values(text="Xin gửi thêm ảnh"),
        answer=DONE,
    ),
    Entry("web:review_many", opens=(Permission.REPORT_APPROVE,)),
    Entry(
        "web:review_many_approve",
        "POST",
        opens=(Permission.REPORT_APPROVE,),
        finds=Permission.REPORT_APPROVE,
        sends=lambda w, t: {"report": f"{t.verified.receipt}|verified.0.new"},
        answer=DONE,
        unseen=REFUSED,
    ),
    Entry(
        "web:review_many_done",
        opens=(Permission.REPORT_APPROVE,),
        where=values(id=999_999_999),  # one's own are told in tests/http/test_web_many.py
        answer=ABSENT,
    ),
    Entry(
        "web:review_queue_keep",
        "POST",
        opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
        sends=values(name="Sạch", query="findings=clean"),
        answer=DONE,
    ),
    Entry(
        "web:review_queue_forget",
        "POST",
        opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
        where=values(id=999_999_999),  # one's own are told in tests/http/test_web_desk.py
        answer=ABSENT,
    ),
    Entry(
        "web:review_except",
        "POST",
        opens=(Permission.EXCEPTION_GRANT,),
        finds=Permission.REPORT_READ,
        acts=Permission.EXCEPTION_GRANT,
        where=report("verified"),
        sends=values(rule="polygon_single", note="Hai mảnh cách nhau một con suối"),
        answer=DONE,
    ),
    Entry(
        "web:review_reassign",
        "POST",
        opens=(Permission.REPORT_APPROVE,),
        finds=Permission.REPORT_READ,
        acts=Permission.REPORT_APPROVE,
        where=report("bound"),
        sends=lambda w, t: {"record": str(t.other.record_id), "note": "Nhầm hồ sơ"},
        answer=DONE,
    ),
    Entry(
        "web:batch",
        opens=(Permission.REPORT_WITHDRAW,),
        finds=Permission.REPORT_WITHDRAW,
        where=lambda w, t: {"id": t.batch.pk},
    ),
    *(
        Entry(
            "web:batch_confirm",
            "POST",
            opens=(Permission.REPORT_WITHDRAW,),
            finds=Permission.REPORT_WITHDRAW,
            where=lambda w, t: {"id": t.batch.pk},
            sends=values(answer=answer),
            answer=DONE,
            note=answer,
        )
        for answer in ("confirm", "decline")
    ),
    Entry(
        "web:batch_propose",
        "POST",
        opens=(Permission.REPORT_WITHDRAW,),
        finds=Permission.REPORT_WITHDRAW,
        sends=lambda w, t: {
            "report": f"{t.bound.receipt}|{seen_in_batch(t.bound)}",
            "note": "GPS lệch",
        },
        answer=DONE,
        unseen=REFUSED,
    ),
    Entry(
        "web:survey_boxes",
        opens=(Permission.REPORT_CREATE,),
        finds=Permission.RECORD_READ,
        where=lambda w, t: {"local_id": t.survey},
    ),
    Entry(
        "web:survey_boxes",
        "POST",
        opens=(Permission.REPORT_CREATE,),
        finds=Permission.RECORD_READ,
        where=lambda w, t: {"local_id": t.survey},
        sends=one_box,
        answer=DONE,
    ),
    Entry("web:box_table", opens=(Permission.SETTINGS_MANAGE,)),
    Entry(
        "web:box_table",
        "POST",
        opens=(Permission.SETTINGS_MANAGE,),
        answer=REFUSED,
        note="nothing typed",
    ),
    Entry(
        "web:survey_areas_ask",
        "POST",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=lambda w, t: {"local_id": t.survey},
        sends=values(drawing=""),
    ),
    Entry(
        "web:survey_areas",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=lambda w, t: {"local_id": t.survey},
    ),
    Entry(
        "web:survey_areas",
        "POST",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=lambda w, t: {"local_id": t.survey},
        sends=values(area="gone"),
        answer=ABSENT,
        note="what no page sends",
    ),
    *(
        Entry(
            "web:links_step",
            "POST",
            opens=(Permission.REPORT_APPROVE,),
            finds=Permission.REPORT_APPROVE,
            sends=lambda w, t, step=step: {step: t.link},
            answer=DONE,
            note=step,
        )
        for step in ("pair", "part")
    ),
    Entry(
        "web:organisation",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=organisation,
    ),
    Entry(
        "web:number_reserve",
        "POST",
        opens=(Permission.NUMBER_MANAGE,),
        finds=Permission.NUMBER_MANAGE,
        where=organisation,
        sends=values(prefix="HAZ"),
        answer=DONE,
    ),
    Entry(
        "web:number_void",
        "POST",
        opens=(Permission.NUMBER_MANAGE,),
        finds=Permission.NUMBER_MANAGE,
        where=organisation,
        sends=lambda w, t: {"local_id": t.reserved, "reason": "Phiếu rách"},
        answer=DONE,
    ),
    Entry(
        "web:team_add",
        "POST",
        opens=(Permission.ORGANISATION_MANAGE,),
        finds=Permission.ORGANISATION_MANAGE,
        where=organisation,
        sends=values(name="Đội mới", kind="ts"),
        answer=DONE,
    ),
    Entry(
        "web:device_revoke",
        "POST",
        opens=(Permission.DEVICE_MANAGE,),
        finds=Permission.DEVICE_MANAGE,
        where=lambda w, t: {"id": t.device.pk},
        answer=DONE,
    ),
    *(
        Entry(
            "web:held_decide",
            "POST",
            opens=(Permission.REPORT_APPROVE,),
            finds=Permission.REPORT_APPROVE,
            where=lambda w, t: {"id": t.held.pk},
            sends=values(do=step, reason="Đã hỏi đội trưởng"),
            answer=DONE,
            note=step,
        )
        for step in ("release", "refuse")
    ),
    Entry(
        "web:device_add",
        "POST",
        opens=(Permission.DEVICE_MANAGE,),
        finds=Permission.DEVICE_MANAGE,
        sends=lambda w, t: {"user": t.sender.pk, "name": "Máy mới"},
        unseen=REFUSED,
    ),
)


def account(world: World, things: Things) -> Mapping[str, Any]:
    return {"id": things.sender.pk}


def _on_an_account(name: str, answer: str = DONE, **sends: Any) -> Entry:
    """A step with somebody's account."""
    return Entry(
        f"web:{name}",
        "POST",
        opens=(Permission.USER_MANAGE,),
        finds=Permission.USER_MANAGE,
        where=account,
        sends=lambda w, t: {k: v(w, t) if callable(v) else v for k, v in sends.items()},
        answer=answer,
    )


ACCOUNTS = (
    Entry(
        "web:accounts",
        opens=(Permission.USER_MANAGE,),
        finds=Permission.USER_MANAGE,
        shows=lambda t: [f"/users/{t.sender.pk}/"],
    ),
    Entry(
        "web:account", opens=(Permission.USER_MANAGE,), finds=Permission.USER_MANAGE, where=account
    ),
    Entry(
        "web:account_add",
        "POST",
        opens=(Permission.USER_MANAGE,),
        finds=Permission.USER_MANAGE,
        sends=lambda w, t: {
            "username": "nguoi.moi",
            "full_name": "Đoàn Thị Mới",
            "organisation": t.spec.key,
            "role": "field_user",
            "within": t.spec.key,
            "language": "vi",
        },
        unseen=REFUSED,
    ),
    _on_an_account("account_password", OPENS),
    _on_an_account("account_grant", role="team_leader", within=lambda w, t: t.spec.key),
    _on_an_account("account_grant_end", grant=lambda w, t: grants_of(t.sender).get().pk),
    _on_an_account("account_sessions_end"),
    _on_an_account("account_second_step", note="Mất điện thoại"),
    _on_an_account("account_deactivate", note="Nghỉ việc"),
    Entry("web:sessions"),
    Entry("web:session_end", "POST", answer=DONE),
)

# Lists, maps and figures: the same address for all, each with what lies within the scope --------

LISTS = (
    Entry("web:home"),
    Entry(
        "web:areas",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        shows=lambda t: [*links_to_areas(t), t.spec.village],
    ),
    Entry(
        "web:areas",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        query=village,
        shows=links_to_areas,
        note="searched",
    ),
    Entry(
        "web:areas",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        query=lambda w, t: {"organisation": t.spec.key, "known": w.newest - 1},
        shows=links_to_areas,
        note="as known before",
    ),
    Entry(
        "web:releases",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        query=lambda w, t: {"organisation": t.spec.key},
        shows=lambda t: [f"/releases/{t.release}/"],
    ),
    Entry(
        "web:records",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=values(slug="eod"),
        shows=lambda t: [*links_to_tasks(t), t.spec.village],
    ),
    Entry(
        "web:records",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        where=values(slug="eod"),
        query=lambda w, t: {"organisation": t.spec.key, "known": w.newest - 1},
        shows=links_to_tasks,
        note="as known before",
    ),
    Entry(
        "web:reports",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        shows=lambda t: [r.receipt for r in t.reports],
    ),
    Entry(
        "web:reports",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        query=lambda w, t: {"organisation": t.spec.key, "q": t.area},
        shows=lambda t: [t.bound.receipt],
        note="searched",
        headers={"HX-Request": "true", "HX-Target": "report-rows"},
    ),
    Entry(
        "web:batch_new",
        "POST",
        opens=(Permission.REPORT_WITHDRAW,),
        finds=Permission.REPORT_WITHDRAW,
        sends=lambda w, t: {"report": [t.bound.receipt, t.other.receipt]},
        shows=lambda t: [t.bound.receipt, t.other.receipt],
        note="ticked",
    ),
    Entry(
        "web:batch_new",
        "POST",
        opens=(Permission.REPORT_WITHDRAW,),
        finds=Permission.REPORT_WITHDRAW,
        sends=values(what="all"),
        shows=lambda t: [t.bound.receipt, t.other.receipt, t.finished.receipt],
        note="all that fit",
    ),
    Entry(
        "web:batches",
        opens=(Permission.REPORT_WITHDRAW,),
        finds=Permission.REPORT_WITHDRAW,
        shows=lambda t: [f"/batches/{t.batch.pk}"],
    ),
    Entry(
        "web:links",
        opens=(Permission.REPORT_APPROVE,),
        finds=Permission.REPORT_APPROVE,
        shows=lambda t: [*links_to_areas(t), f"/releases/{t.release}/"],
    ),
    Entry("web:search", finds=Permission.RECORD_READ, query=village, shows=links_to_areas),
    Entry(
        "web:search",
        finds=Permission.RECORD_READ,
        query=village,
        shows=links_to_areas,
        headers={"HX-Request": "true", "HX-Target": "search-found"},
        note="as one types",
    ),
    Entry(
        "web:search",
        finds=Permission.REPORT_READ,
        query=lambda w, t: {"q": t.received.record_local_id[-6:]},
        shows=lambda t: [t.received.receipt],
        note="a number",
    ),
    *(
        Entry(f"web:{name}", opens=(Permission.REPORT_CREATE,), answer=answer, where=where)
        for name, answer, where in (
            ("fill", DONE, values()),
            ("fill_me", OPENS, values()),
            ("fill_worker", OPENS, values()),
            ("fill_app", OPENS, values(language="vi")),
            ("fill_form", OPENS, values(language="vi")),
            ("fill_manifest", OPENS, values(language="vi")),
        )
    ),
    Entry("web:fill_device", "POST", opens=(Permission.REPORT_CREATE,)),
    Entry(
        "web:fill_prefilled",
        opens=(Permission.REPORT_CREATE,),
        finds=Permission.RECORD_READ,
        query=lambda w, t: {"kind": "hazardous_area", "record": t.area},
        note="a change of a record",
    ),
    Entry(
        "web:fill_prefilled",
        opens=(Permission.REPORT_CREATE,),
        finds=Permission.REPORT_READ,
        acts=Permission.REPORT_CREATE,
        answer=REFUSED,
        query=lambda w, t: {"report": t.verified.receipt},
        note="a report that waits; test_web_fill asks for one's own that came back",
    ),
    Entry("web:map", opens=(Permission.MAP_READ,)),
    Entry("web:map_print", opens=(Permission.MAP_READ,)),
    Entry("web:map_sheet", opens=(Permission.MAP_READ,)),
    Entry("web:confirm", anonymous=OPENS),
    Entry(
        "web:confirm_code",
        anonymous=ABSENT,
        answer=ABSENT,
        where=values(code="2222-2222-2222"),
        note="a code nobody issued; test_web_papers asks for real ones",
    ),
    Entry(
        "web:statistics",
        opens=(Permission.FIGURE_READ,),
        finds=Permission.FIGURE_READ,
        shows=lambda t: [t.organisation.short_name],
    ),
    Entry(
        "web:figures_work",
        opens=(Permission.FIGURE_READ,),
        finds=Permission.FIGURE_READ,
        shows=lambda t: [t.organisation.short_name],
    ),
    Entry(
        "web:ledger",
        opens=(Permission.FIGURE_READ,),
        finds=Permission.FIGURE_READ,
        shows=lambda t: [t.organisation.short_name],
    ),
    Entry(
        "web:ledger_csv",
        opens=(Permission.FIGURE_READ,),
        finds=Permission.FIGURE_READ,
        shows=lambda t: [t.organisation.short_name],
    ),
    Entry("web:figures_education", opens=(Permission.FIGURE_READ,)),
    Entry("web:figures_people", opens=(Permission.FIGURE_READ,)),
    Entry(
        "web:review",
        opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
        finds=Permission.REPORT_APPROVE,
        query=values(stage="decide"),
        shows=lambda t: [f"/review/{t.verified.receipt}"],
        note="to decide",
    ),
    Entry(
        "web:review",
        opens=(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY),
        finds=Permission.REPORT_VERIFY,
        query=values(stage="verify"),
        shows=lambda t: [f"/review/{t.received.receipt}"],
        note="to verify",
    ),
    Entry(
        "web:organisations",
        opens=(Permission.RECORD_READ,),
        finds=Permission.RECORD_READ,
        shows=lambda t: [f"/organisations/{t.spec.key}/"],
    ),
    Entry("web:quality", opens=(Permission.RECORD_READ,)),
    Entry("web:overlaps", opens=(Permission.RECORD_READ,)),
    Entry("web:coordinates"),
    Entry(
        "web:sheet",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        query=lambda w, t: {"organisation": t.spec.key},
    ),
    Entry(
        "web:clocks",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        query=lambda w, t: {"month": f"{t.received.date_of_information:%Y-%m}"},
        shows=lambda t: [f"/reports/?organisation={t.spec.key}"],
    ),
    Entry(
        "web:scorecard",
        opens=(Permission.REPORT_READ,),
        finds=Permission.REPORT_READ,
        query=lambda w, t: {"month": f"{clock.local_date(t.received.received_at):%Y-%m}"},
        shows=lambda t: [f"/reports/?organisation={t.spec.key}"],
    ),
    Entry("web:rules", opens=(Permission.REPORT_READ,)),
    Entry("web:rule", opens=(Permission.REPORT_READ,), where=values(key="area_differs")),
    Entry(
        "web:held",
        opens=(Permission.REPORT_APPROVE,),
        finds=Permission.REPORT_APPROVE,
        shows=lambda t: [f"/devices/held/{t.held.pk}"],
    ),
    Entry(
        "web:devices",
        opens=(Permission.DEVICE_MANAGE,),
        finds=Permission.DEVICE_MANAGE,
        shows=lambda t: [t.device.name],
    ),
    *(
        Entry(
            "api:tile",
            opens=(Permission.MAP_READ,),
            finds=Permission.MAP_READ,
            anonymous=UNKNOWN,
            where=tile_of(zoom),
            query=query,
            shows=shows,
            note=f"zoom {zoom}{told}",
        )
        for zoom, told, query, shows in (
            (8, "", values(), areas_told),
            (10, "", values(), areas_told),
            (14, "", values(), lambda t: [t.area, t.release]),
            (14, ", past", lambda w, t: {"known": w.newest - 1}, lambda t: [t.area]),
        )
    ),
    Entry(
        "api:strikes",
        opens=(Permission.MAP_READ,),
        anonymous=UNKNOWN,
        where=tile_of(10),
        note="bombing records are public: the same for all who have a map",
    ),
    Entry("api:legend", opens=(Permission.MAP_READ,), anonymous=UNKNOWN),
    Entry("api:basemap", opens=(Permission.MAP_READ,), anonymous=UNKNOWN),
)

# What belongs to nobody -------------------------------------------------------------------------

COMMON = (
    # Of the whole province, or by the accounts of one's own organisation: test_web_history.py.
    Entry("web:history", opens=(Permission.AUDIT_READ,)),
    Entry("web:history_head", opens=(Permission.AUDIT_READ,)),
    # A file is a person's, no organisation's: tests/http/test_web_exports.py.
    Entry("web:exports", opens=(Permission.RECORD_READ,)),
    Entry(
        "web:export_ask",
        "POST",
        opens=(Permission.RECORD_READ,),
        answer=DONE,
        sends=values(table="areas", format="csv", query=""),
    ),
    Entry(
        "web:export_file",
        opens=(Permission.RECORD_READ,),
        answer=ABSENT,
        where=values(id="7d5c1f3e-0000-4000-8000-000000000000"),
    ),
    Entry("web:forms", opens=(Permission.FORM_READ,)),
    Entry("web:minimum_data", opens=(Permission.FORM_READ,)),
    Entry(
        "web:form_workbook",
        opens=(Permission.FORM_READ,),
        where=lambda w, t: {"form": "cha", "version": w.form_version},
    ),
    Entry("web:form_versions", opens=(Permission.FORM_READ,), where=values(form="cha")),
    Entry(
        "web:form_compare",
        opens=(Permission.FORM_READ,),
        where=values(form="cha"),
        query=lambda w, t: {"from": w.form_version, "to": w.form_version},
    ),
    Entry(
        "web:form_propose",
        "POST",
        opens=(Permission.FORM_PUBLISH,),
        answer=REFUSED,
        note="no workbook",
    ),
    *(
        Entry(name, opens=(Permission.FORM_PUBLISH,), where=lambda w, t: {"id": w.form_proposal})
        for name in ("web:form_proposal", "web:form_proposal_workbook")
    ),
    Entry(
        "web:form_publish",
        "POST",
        opens=(Permission.FORM_PUBLISH,),
        where=lambda w, t: {"id": w.form_proposal},
        answer=REFUSED,
        note="no reason",
    ),
    Entry(
        "web:form_withdraw",
        "POST",
        opens=(Permission.FORM_PUBLISH,),
        where=lambda w, t: {"id": w.form_proposal},
        sends=values(reason="Làm lại"),
        answer=DONE,
    ),
    Entry(
        "web:mapping_correction",
        opens=(Permission.FORM_PUBLISH, Permission.REPORT_WITHDRAW),
        where=lambda w, t: {"id": w.mapping_proposal},
    ),
    Entry(
        "web:mapping_reason",
        "POST",
        opens=(Permission.FORM_PUBLISH,),
        where=lambda w, t: {"id": w.mapping_proposal},
        answer=REFUSED,
        note="no reason",
    ),
    Entry(
        "web:mapping_put",
        "POST",
        opens=(Permission.REPORT_WITHDRAW,),
        where=lambda w, t: {"id": w.mapping_proposal},
        answer=REFUSED,
        note="nobody said why yet",
    ),
    Entry(
        "web:form_revision_workbook",
        opens=(Permission.FORM_READ,),
        where=lambda w, t: {"form": "cmrs", "id": w.form_revision},
    ),
    Entry(
        "web:exemption",
        "POST",
        opens=(Permission.SETTINGS_MANAGE,),
        sends=values(organisation="mag", month="2026-01", form="", reason="Lũ lụt"),
        answer=DONE,
    ),
    Entry(
        "web:exemption_back",
        "POST",
        opens=(Permission.SETTINGS_MANAGE,),
        where=lambda w, t: {"number": w.exemption},
        sends=values(reason="Nhầm tháng"),
        answer=DONE,
    ),
    Entry(
        "web:expectation",
        "POST",
        opens=(Permission.SETTINGS_MANAGE,),
        sends=values(
            organisation="mag", form="cha", expected="yes", since="2026-01", reason="Kế hoạch"
        ),
        answer=DONE,
    ),
    Entry(
        "web:reminder_dismiss",
        "POST",
        opens=(Permission.REPORT_VERIFY,),
        where=values(number=999_999_999),  # one's own are told in tests/http/test_web_clocks.py
        answer=ABSENT,
    ),
    Entry(
        "web:rule_severity",
        "POST",
        opens=(Permission.SETTINGS_MANAGE,),
        where=values(key="area_differs"),
        sends=values(form="cha", severity="info", note="Theo cuộc họp tháng 11"),
        answer=DONE,
    ),
    Entry(
        "web:rule_threshold",
        "POST",
        opens=(Permission.SETTINGS_MANAGE,),
        where=values(key="area_differs"),
        sends=values(name="area_warn", value="0,06", note="Theo cuộc họp tháng 11"),
        answer=DONE,
    ),
    Entry("web:recheck", "POST", opens=(Permission.SETTINGS_MANAGE,), answer=DONE),
    Entry(
        "web:donor_add",
        "POST",
        opens=(Permission.ORGANISATION_MANAGE,),
        sends=values(name_vi="Quỹ Ví Dụ"),
        answer=DONE,
    ),
    Entry("set_language", anonymous=DONE, answer=DONE),
    Entry("set_language", "POST", anonymous=DONE, answer=DONE, sends=values(language="en")),
)

# Signing in and one's own second step -----------------------------------------------------------

OWN = (
    Entry("account_login", anonymous=OPENS, answer=DONE),
    Entry(
        "account_login",
        "POST",
        anonymous=OPENS,
        answer=DONE,
        sends=values(login="mag", password="sai hoàn toàn"),
    ),
    Entry("account_logout", anonymous=DONE),
    Entry("account_logout", "POST", anonymous=DONE, answer=DONE),
    Entry("account_reauthenticate"),
    Entry("account_reauthenticate", "POST", sends=values(password="sai hoàn toàn")),
    Entry("mfa_index"),
    Entry("mfa_authenticate", answer=DONE),
    Entry("mfa_authenticate", "POST", answer=DONE),
    Entry("mfa_reauthenticate", answer=DONE),
    Entry("mfa_reauthenticate", "POST", answer=DONE),
    Entry("mfa_activate_totp", answer=DONE),
    Entry("mfa_activate_totp", "POST", answer=DONE),
    # Nobody here has a second step yet.
    Entry("mfa_deactivate_totp", answer=ABSENT),
    Entry("mfa_deactivate_totp", "POST", answer=ABSENT),
    Entry("mfa_view_recovery_codes", answer=ABSENT),
    Entry("mfa_generate_recovery_codes", answer=DONE),
    Entry("mfa_generate_recovery_codes", "POST", answer=DONE),
    Entry("mfa_download_recovery_codes", answer=ABSENT),
    Entry("mfa_list_webauthn"),
    # Notices are a person's, nobody has any here: tests/http/test_web_notices.py.
    Entry("web:notices"),
    Entry("web:notices_read", "POST", answer=DONE),
    Entry("web:notices_settings"),
    Entry("web:notices_settings", "POST", answer=DONE),
    Entry("web:notices_address", "POST", answer=DONE),
    Entry("web:notices_confirm", "POST", answer=DONE),
    Entry("web:notice", answer=ABSENT, where=values(id=1)),
    *(
        Entry(f"mfa_{step}_webauthn", method, answer=DONE, where=where)
        for step, where in (
            ("add", values()),
            ("reauthenticate", values()),
            ("edit", values(pk=1)),
            ("remove", values(pk=1)),
        )
        for method in ("GET", "POST")
    ),
    Entry("mfa_login_webauthn", answer=DONE),
    Entry("mfa_login_webauthn", "POST", answer=DONE),
)

# Phones: by the secret in the address, or by basic sign-in --------------------------------------


def instance(world: World, things: Things) -> Mapping[str, Any]:
    """A new report of an area nobody has sent yet."""
    number = things.spec.ground + 7
    draft = cha(number, organisation=things.spec.key, first=things.spec.first)
    return {"": sent(draft)}


_PHONES = (
    Entry("api:form_list", opens=(Permission.FORM_READ,)),
    Entry("api:form_get", opens=(Permission.FORM_READ,), where=values(form="cha")),
    Entry("api:form_manifest", opens=(Permission.FORM_READ,), where=values(form="cha")),
    Entry(
        "api:form_media",
        opens=(Permission.FORM_READ,),
        where=values(form="cha", name="communes.csv"),
    ),
    Entry("api:submission", answer=TAKEN),
    Entry(
        "api:submission", "POST", opens=(Permission.REPORT_CREATE,), answer=TAKEN, sends=instance
    ),
    Entry("api:device_reports"),
)
PHONES = tuple(
    replace(entry, door=door, anonymous=stranger)
    for entry in _PHONES
    for door, stranger in (("key", ABSENT), ("password", UNKNOWN))
)

POLICY = (*THINGS, *ACCOUNTS, *LISTS, *COMMON, *OWN, *PHONES)

__all__ = ["FORBIDDEN", "NOT_SERVED", "POLICY"]
