"""Every write leaves a trace: a public service that writes also tells the audit trail."""

from __future__ import annotations

import ast
from pathlib import Path

from architecture.code import PACKAGE, database_writes, imports, modules, tree, where

AUDIT = "audit.record"

# Services that write and leave no event of their own, each with the reason.
SILENT = {
    "accounts.sessions_clear": "rows whose time is over, which open nothing any more",
    "accounts.device_seen": "a phone's last call, many times a day; no decision",
    "accounts.session_seen": "not worth an event, like a phone's",
    "intake.files_attach": "report_receive tells of it",
    "intake.answers_seal": "kept with a report, whose coming in or correction is told",
    "intake.choice_add": "a decision, made within an approval that is told",
    "hazards.ledger_refresh": "derived from a decision, rebuilt at will",
    "hazards.ledgers_rebuild": "derived from versions; register_rebuild tells of it",
    "hazards.ledgers_clear": "register_rebuild tells of it",
    "intake.refolds_apply": "derived from a decision, rebuilt at will",
    "notices.notices_make": "derived from the trail itself",
    "notices.mails_compose": "notices on their way; each names the event it is of",
    "notices.notice_open": "whether a person has read it; no decision",
    "intake.remarks_mark_read": "how far a person has read; no decision",
    "register.claims_put": "derived from a decision, rebuilt at will",
    "register.claims_change": "derived from a decision, rebuilt at will",
    "register.persons_keep": "kept with a report, whose coming in or correction is told",
    "register.marker_of": "a key that holds nothing of a person, made with a report",
    "register.state_set": "derived from a decision, rebuilt at will",
    "register.states_rebuild": "derived from decisions; register_rebuild tells of it",
    "register.link_set": "derived from a decision, rebuilt at will",
    "register.links_rebuild": "derived from decisions; register_rebuild tells of it",
    "register.decision_add": "a decision is itself an append-only record of who did what",
    "register.refold_apply": "derived from a decision, rebuilt at will",
    "register.refold_apply_many": "derived from a decision, rebuilt at will",
    "register.rows_settle": "derived from a decision, rebuilt at will",
}


def _service_modules() -> list[Path]:
    named = [p for p in modules() if p.stem == "services" or p.parent.name == "services"]
    return [*named, PACKAGE / "register" / "persons.py"]


def _key(full: str) -> str:
    """`datlanh.register.services.decisions.decision_add` → `register.decision_add`."""
    parts = full.split(".")
    return f"{parts[1]}.{parts[-1]}" if parts[0] == "datlanh" and len(parts) > 2 else ""


class _Services:
    """Who calls whom among the services, each by package and name."""

    def __init__(self) -> None:
        self.bodies: dict[str, ast.FunctionDef] = {}
        self.calls: dict[str, set[str]] = {}
        self.paths: dict[str, Path] = {}
        for path in _service_modules():
            self._read(path)
        self.writers = {
            name for name, f in self.bodies.items() if any(database_writes(self.paths[name], f))
        }

    def _read(self, path: Path) -> None:
        package = path.relative_to(PACKAGE).parts[0]
        own = [n for n in tree(path).body if isinstance(n, ast.FunctionDef)]
        known = {n.rsplit(".", 1)[-1]: n for _, n in imports(path)} | _renamed(path)
        known |= {f.name: f"datlanh.{package}.{f.name}" for f in own}
        for f in own:
            name = f"{package}.{f.name}"
            self.bodies[name], self.paths[name] = f, path
            self.calls[name] = {_key(_full(n, known)) for n in ast.walk(f)} - {"", name}

    def reaches(self, name: str, wanted: set[str]) -> bool:
        """Whether a call of `name` comes to one of `wanted`, directly or through services."""
        seen, todo = set[str](), [name]
        while todo:
            step = todo.pop()
            if step in wanted:
                return True
            if step not in seen:
                seen.add(step)
                todo += self.calls.get(step, ())
        return False

    def writing(self) -> list[str]:
        """The public services that write, directly or through others."""
        public = (n for n in self.bodies if not n.rsplit(".", 1)[1].startswith("_"))
        return sorted(n for n in public if self.reaches(n, self.writers))

    def where(self, name: str) -> str:
        return f"{where(self.paths[name], self.bodies[name])} {name}"


def _renamed(path: Path) -> dict[str, str]:
    return {
        alias.asname: f"{node.module}.{alias.name}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.asname
    }


def _full(node: ast.AST, known: dict[str, str]) -> str:
    """The full name of what a name or an attribute in the code stands for; "" when unknown."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = known.get(node.value.id)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def test_every_service_that_writes_leaves_an_audit_event() -> None:
    services = _Services()
    found = services.writing()
    assert "intake.report_approve" in found
    mute = [
        services.where(name)
        for name in found
        if name not in SILENT and name != AUDIT and not services.reaches(name, {AUDIT})
    ]
    assert mute == []


def test_every_exception_is_still_needed() -> None:
    services = _Services()
    found = set(services.writing())
    stale = [n for n in SILENT if n not in found or services.reaches(n, {AUDIT})]
    assert stale == []


def test_services_take_no_request_and_their_actor_by_name() -> None:
    """What needs a request cannot be called from a job; who acts must be plain to see."""
    services = _Services()
    guilty = []
    for name in services.writing():
        arguments = services.bodies[name].args
        words = {a.arg for a in (*arguments.posonlyargs, *arguments.args)}
        if "by" in words or "request" in words | {a.arg for a in arguments.kwonlyargs}:
            guilty.append(services.where(name))
    assert guilty == []
