"""What became of one's own reports: the receipts a phone shows."""

from __future__ import annotations

from django.db.models import QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Report
from datlanh.intake.selectors.reports import reports_clocked


def reports_sent(author: User) -> QuerySet[Report]:
    """The reports `author` sent for the organisations he or she still reports for, newest first."""
    sent = (
        Report.objects.filter(scope_for(author, Permission.REPORT_CREATE).q(), author=author)
        .select_related("form_version")
        .only(
            "receipt",
            "form",
            "version",
            "record_local_id",
            "state",
            "state_at",
            "received_at",
            "is_late",
            "returned_note",
            "due_at",
            "checked_at",
            "blocks",
            "warns",
            "form_version__title_vi",
            "form_version__title_en",
        )
        .prefetch_related("refused_files")
        .order_by("-id")
    )
    return reports_clocked(sent)
