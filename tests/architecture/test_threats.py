"""The threat model promises nothing that no test holds: each proof it names is there."""

from __future__ import annotations

import ast
import re

import pytest

from architecture.code import ROOT, tree

TEXT = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", TEXT)))


def test_there_are_proofs() -> None:
    assert len(PROOFS) > 30


@pytest.mark.parametrize("proof", PROOFS)
def test_a_named_proof_is_there(proof: str) -> None:
    path, _, name = proof.partition("::")
    assert (ROOT / path).is_file()
    functions = {n.name for n in tree(ROOT / path).body if isinstance(n, ast.FunctionDef)}
    assert any(f.startswith("test_") for f in functions)
    assert not name or name in functions


def test_every_measure_names_its_proof() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "Proven by" not in line]
    assert rows
    assert [row for row in rows if "`tests/" not in row] == []


@pytest.mark.parametrize("page", ["THREAT_MODEL.md", "SECURITY.md"])
def test_links_of_these_pages_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)\)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []
