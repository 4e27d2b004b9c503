"""The roles of the organisation chart as one table. `accounts_seed` writes it to the database.

What a role may do is data; where it may, the grant says. Being seconded is no role: it is the
home organisation of the account, and the guards of `intake.workflow` read it there.
"""

from __future__ import annotations

from dataclasses import dataclass

from datlanh.accounts.permissions import Permission
from datlanh.kernel.text import Text


@dataclass(frozen=True)
class RoleSpec:
    """A role: key, label and what it allows."""

    key: str
    label: Text
    permissions: frozenset[Permission]


READING = frozenset(
    {
        Permission.FIGURE_READ,
        Permission.FORM_READ,
        Permission.GAZETTEER_READ,
        Permission.MAP_READ,
        Permission.RECORD_READ,
    }
)
# At the centre one also reads the reports behind the records, and nobody's personal data by that.
CENTRE = READING | {Permission.REPORT_READ}
DIRECTION = CENTRE | {
    Permission.AUDIT_READ,
    Permission.DOCUMENT_ISSUE,
    Permission.EXCEPTION_GRANT,
    Permission.REPORT_WITHDRAW,
}
QUALITY = CENTRE | {
    Permission.AREA_MOVE,
    Permission.DOCUMENT_ISSUE,
    Permission.NUMBER_MANAGE,
    Permission.PERSON_READ,
    Permission.REPORT_APPROVE,
    Permission.REPORT_WITHDRAW,
}
# Takes areas from step to step: tasked, begun, inspected, handed over.
OPERATIONS = CENTRE | {Permission.AREA_MOVE}

_ROLES: tuple[tuple[str, str, str, frozenset[Permission]], ...] = (
    # Direction
    ("director", "Giám đốc", "Director", DIRECTION),
    ("deputy_director", "Phó Giám đốc", "Deputy director", DIRECTION),
    # Database unit
    (
        "database_unit_manager",
        "Phụ trách Đơn vị Cơ sở dữ liệu",
        "Database unit manager",
        frozenset(Permission),
    ),
    (
        "data_qc_officer",  # with the liaison to the military, who second him
        "Cán bộ kiểm soát chất lượng dữ liệu",
        "Data QC officer",
        QUALITY,
    ),
    (
        "data_qm_tasking_officer",
        "Cán bộ quản trị dữ liệu, phân công nhiệm vụ",
        "Data QM and tasking officer",
        QUALITY,
    ),
    (
        "data_processing_officer",
        "Cán bộ xử lý dữ liệu",
        "Data processing officer",
        CENTRE | {Permission.NUMBER_MANAGE, Permission.PERSON_READ},
    ),
    (
        "gis_officer",
        "Cán bộ GIS",
        "GIS officer",
        CENTRE | {Permission.GAZETTEER_MANAGE},
    ),
    # Operations unit
    ("operations_manager", "Phụ trách Đơn vị Điều phối", "Operations manager", OPERATIONS),
    ("operations_officer", "Cán bộ điều phối", "Operations officer", OPERATIONS),
    ("qm_officer", "Cán bộ quản lý chất lượng", "QM officer", OPERATIONS),
    (
        "sedp_officer",
        "Cán bộ lồng ghép phát triển kinh tế - xã hội",
        "SEDP officer",
        CENTRE,
    ),
    (
        "victim_assistance_officer",
        "Cán bộ hỗ trợ nạn nhân",
        "Victim assistance officer",
        CENTRE | {Permission.PERSON_READ},
    ),
    ("communications_officer", "Cán bộ truyền thông", "Communications officer", READING),
    (
        "duty_officer",
        "Trực ban đường dây nóng",
        "Duty (hotline) officer",
        CENTRE | {Permission.PERSON_READ, Permission.REPORT_CREATE},
    ),
    # Runs the system and sees nothing of what is in it.
    (
        "administrator",
        "Quản trị hệ thống",
        "Administrator",
        frozenset(
            {
                Permission.AUDIT_READ,
                Permission.DEVICE_MANAGE,
                Permission.USER_MANAGE,
            }
        ),
    ),
    # At an operator, within that organisation
    (
        "operator_information_officer",
        "Cán bộ thông tin của tổ chức",
        "Operator’s information officer",
        CENTRE
        | {
            Permission.DEVICE_MANAGE,
            Permission.NUMBER_MANAGE,
            Permission.PERSON_READ,
            Permission.REPORT_CREATE,
            Permission.REPORT_VERIFY,
        },
    ),
    (
        "operator_operations_manager",
        "Phụ trách hoạt động của tổ chức",
        "Operator’s operations manager",
        CENTRE,
    ),
    (
        "team_leader",
        "Đội trưởng",
        "Team leader",
        CENTRE | {Permission.REPORT_CREATE},
    ),
    (
        "field_user",
        "Người dùng hiện trường",
        "Field user",
        (CENTRE | {Permission.REPORT_CREATE}) - {Permission.FIGURE_READ},
    ),
    # Readers: records, map and figures; no person. Of reports, the national centre alone
    ("authority", "Cơ quan quản lý nhà nước", "Authority", READING),
    ("donor", "Nhà tài trợ", "Donor", READING),
    (
        "national_centre",
        "Trung tâm Hành động bom mìn quốc gia (VNMAC)",
        "National centre (VNMAC)",
        CENTRE,
    ),
)

ROLES = tuple(RoleSpec(key, Text(vi, en), may) for key, vi, en, may in _ROLES)


def role_spec(key: str) -> RoleSpec | None:
    """The role of that key."""
    return next((r for r in ROLES if r.key == key), None)
