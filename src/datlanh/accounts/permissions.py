"""Every permission there is, `resource:action`, in alphabetical order."""

from __future__ import annotations

from django.db.models import TextChoices


class Permission(TextChoices):
    """What a role may allow; where it holds is said by the grant."""

    AREA_MOVE = "area:move"
    AUDIT_READ = "audit:read"
    DEVICE_MANAGE = "device:manage"
    DOCUMENT_ISSUE = "document:issue"
    EXCEPTION_GRANT = "exception:grant"
    FIGURE_READ = "figure:read"
    FORM_PUBLISH = "form:publish"
    FORM_READ = "form:read"
    GAZETTEER_MANAGE = "gazetteer:manage"
    GAZETTEER_READ = "gazetteer:read"
    MAP_READ = "map:read"
    NUMBER_MANAGE = "number:manage"
    ORGANISATION_MANAGE = "organisation:manage"
    PERSON_ERASE = "person:erase"
    PERSON_READ = "person:read"
    RECORD_READ = "record:read"
    REPORT_APPROVE = "report:approve"
    REPORT_CREATE = "report:create"
    REPORT_READ = "report:read"
    REPORT_VERIFY = "report:verify"
    REPORT_WITHDRAW = "report:withdraw"
    SETTINGS_MANAGE = "settings:manage"
    USER_MANAGE = "user:manage"


# To approve or to administer: whoever has one of these signs in with a second step.
WEIGHTY = frozenset(
    {
        Permission.AUDIT_READ,
        Permission.EXCEPTION_GRANT,
        Permission.FORM_PUBLISH,
        Permission.GAZETTEER_MANAGE,
        Permission.ORGANISATION_MANAGE,
        Permission.PERSON_ERASE,
        Permission.REPORT_APPROVE,
        Permission.REPORT_WITHDRAW,
        Permission.SETTINGS_MANAGE,
        Permission.USER_MANAGE,
    }
)
