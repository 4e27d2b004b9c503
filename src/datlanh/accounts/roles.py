"""The roles as one table. `accounts_seed` writes it to the database."""

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

ROLES = (
    RoleSpec(
        "director",
        Text("Giám đốc", "Director"),
        READING
        | {
            Permission.AUDIT_READ,
            Permission.DOCUMENT_ISSUE,
            Permission.EXCEPTION_GRANT,
            Permission.REPORT_READ,
            Permission.REPORT_WITHDRAW,
        },
    ),
    RoleSpec(
        "data_qc_officer",
        Text("Cán bộ kiểm tra chất lượng dữ liệu", "Data QC officer"),
        READING
        | {
            Permission.AREA_MOVE,
            Permission.DOCUMENT_ISSUE,
            Permission.NUMBER_MANAGE,
            Permission.PERSON_READ,
            Permission.REPORT_APPROVE,
            Permission.REPORT_READ,
            Permission.REPORT_WITHDRAW,
        },
    ),
    RoleSpec(
        "database_unit_manager",
        Text("Phụ trách Đơn vị Cơ sở dữ liệu", "Database unit manager"),
        frozenset(Permission),
    ),
    RoleSpec(
        "operator_information_officer",
        Text("Cán bộ thông tin của tổ chức", "Operator’s information officer"),
        READING
        | {
            Permission.DEVICE_MANAGE,
            Permission.NUMBER_MANAGE,
            Permission.PERSON_READ,
            Permission.REPORT_CREATE,
            Permission.REPORT_READ,
            Permission.REPORT_VERIFY,
        },
    ),
    RoleSpec(
        "field_user",
        Text("Người dùng hiện trường", "Field user"),
        frozenset(
            {
                Permission.FORM_READ,
                Permission.GAZETTEER_READ,
                Permission.MAP_READ,
                Permission.RECORD_READ,
                Permission.REPORT_CREATE,
                Permission.REPORT_READ,
            }
        ),
    ),
)


def role_spec(key: str) -> RoleSpec | None:
    """The role of that key."""
    return next((r for r in ROLES if r.key == key), None)
