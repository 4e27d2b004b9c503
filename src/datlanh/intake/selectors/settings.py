"""The check settings in force: thresholds and severities, now or as of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datlanh.intake.models import Setting
from datlanh.kernel.checks import DEFAULT_SETTINGS

OWN = "default"  # a rule that was given its own severity back


@dataclass(frozen=True)
class InForce:
    """What holds after change number `seq` (0: nothing was ever changed)."""

    seq: int
    thresholds: Mapping[str, float]
    severities: Mapping[tuple[str, str], str]  # (rule, form or "") → severity, "off" or OWN

    def severity(self, rule: str, form: str) -> str | None:
        """What a rule was given on a form; None where it has its own severity."""
        given = self.severities.get((rule, form)) or self.severities.get((rule, ""))
        return None if given == OWN else given


def settings_in_force(seq: int | None = None) -> InForce:
    """Thresholds and severities now, or as they were after change `seq`."""
    changes = Setting.objects.all() if seq is None else Setting.objects.filter(pk__lte=seq)
    newest = changes.order_by("name", "form", "-pk").distinct("name", "form")
    thresholds, severities, last = dict(DEFAULT_SETTINGS), {}, 0
    for pk, name, form, value, severity in newest.values_list(
        "pk", "name", "form", "value", "severity"
    ):
        last = max(last, pk)
        if severity:
            severities[name, form] = severity
        elif value is not None and name in thresholds:
            thresholds[name] = value
    return InForce(last, thresholds, severities)
