"""Writing the register: decisions, claims, and the fold that turns them into versions and rows."""

from datlanh.register.services.claims import (
    NewClaim,
    NewRow,
    claim_row,
    claims_put,
    list_row,
)
from datlanh.register.services.decisions import (
    DECISION_LOCK,
    choice_from,
    choices_of,
    decision_add,
    records_lock,
)
from datlanh.register.services.folding import (
    Plan,
    refold_apply,
    refold_plan,
    typed_row,
    values_of,
    version_columns,
)
from datlanh.register.services.foreseeing import (
    Foresee,
    Ground,
    grounds_of,
    plans_foreseen,
)
from datlanh.register.services.links import (
    link_row,
    link_set,
    links_rebuild,
    links_replayed,
)
from datlanh.register.services.rereading import (
    Change,
    Reread,
    claims_change,
    claims_compared,
    refold_apply_many,
    rows_settle,
)
from datlanh.register.services.states import (
    state_row,
    state_set,
    states_known,
    states_newest,
    states_rebuild,
    states_replayed,
)

__all__ = [
    "DECISION_LOCK",
    "Change",
    "Foresee",
    "Ground",
    "NewClaim",
    "NewRow",
    "Plan",
    "Reread",
    "choice_from",
    "choices_of",
    "claim_row",
    "claims_change",
    "claims_compared",
    "claims_put",
    "decision_add",
    "grounds_of",
    "link_row",
    "link_set",
    "links_rebuild",
    "links_replayed",
    "list_row",
    "plans_foreseen",
    "records_lock",
    "refold_apply",
    "refold_apply_many",
    "refold_plan",
    "rows_settle",
    "state_row",
    "state_set",
    "states_known",
    "states_newest",
    "states_rebuild",
    "states_replayed",
    "typed_row",
    "values_of",
    "version_columns",
]
