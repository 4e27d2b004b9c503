"""Ids are read strictly, and what was probably meant is proposed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import (
    KINDS,
    RecordId,
    as_kept,
    example,
    persons_of,
    propose,
    readable,
    record_id_of,
    report_id,
    spellings,
)


@st.composite
def record_ids(draw: st.DrawFn) -> RecordId:
    kind = draw(st.sampled_from(KINDS))
    pairs = [f"{draw(st.integers(0, 99)):02d}" for _ in range(kind.suffixes)]
    number = draw(st.integers(0, 999999))
    return RecordId(kind.prefix, f"{draw(st.integers(0, 999)):03d}", number, "-".join(pairs))


@given(record_ids())
def test_an_id_is_read_as_it_is_written(record: RecordId) -> None:
    assert RecordId.parse(str(record)) == record


@given(record_ids(), st.sampled_from([" ", "", "_", ".", " - ", "–"]), st.booleans())
def test_carelessly_written_ids_are_proposed(record: RecordId, joint: str, lower: bool) -> None:
    text = str(record).replace("-", joint)
    assert propose(text.lower() if lower else text) == record
    assert propose(f"FR-{record}") == record


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("haz 409 600001", "HAZ-409-600001"),
        ("HAZ600001", "HAZ-409-600001"),
        ("HAZ-409-6OOOO1", "HAZ-409-600001"),
        ("EOD-409-200001", "HR-EOD-409-200001"),
        ("hr mre 409 700001", "HR-MRE-409-700001"),
        ("FR-MRE-409-7OOOO1", "MRE-409-700001"),
        ("ts 409 600001", "TS-409-600001"),
        ("va409 000001 01 02", "VA-409-000001-01-02"),
    ],
)
def test_known_slips_are_understood(text: str, meant: str) -> None:
    assert str(propose(text)) == meant
    with pytest.raises(DomainError, match=meant) as refused:
        RecordId.parse(text)
    assert refused.value.code == "record_id"
    assert meant in refused.value.say("vi")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HAZ",
        "HAZ-409-60001",
        "HAZ-409-6000011",
        "ABC-409-600001",
        "VIC-409-000001",
        "409",
        "TS-409-1234",  # as the rules print one
    ],
)
def test_a_digit_is_never_guessed(text: str) -> None:
    assert propose(text) is None
    assert not readable(text)
    with pytest.raises(DomainError, match="HAZ-409-600001"):
        RecordId.parse(text)


@pytest.mark.parametrize("text", ["HAZ-409-٦٠٠٠٠١", "HAZ-409-600001-01", "HAZ-409-600001\n"])
def test_look_alikes_are_not_ids(text: str) -> None:
    assert not readable(text)


def test_persons_hang_on_their_accident() -> None:
    assistance = RecordId.parse("VA-409-000001-02-03")
    victim = assistance.parent()
    assert str(victim) == "VIC-409-000001-02"
    assert victim is not None
    assert str(victim.parent()) == "INC-409-000001"
    assert RecordId.parse("INC-409-000001").parent() is None


def test_an_alias_is_read_and_kept_as_written() -> None:
    """Two examples of the rules have HR-MRE, the rule itself MRE: it is one record."""
    written = RecordId.parse("HR-MRE-409-700001")
    assert str(written) == "HR-MRE-409-700001"
    assert str(written.canonical) == "MRE-409-700001"
    assert written.kind.label.en == "Risk education"
    assert record_id_of("FR-HR-MRE-409-700001") == str(written)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("MRE-409-700001", ("MRE-409-700001", "HR-MRE-409-700001")),
        ("HR-MRE-409-700001", ("HR-MRE-409-700001", "MRE-409-700001")),
        ("HAZ-409-600001", ("HAZ-409-600001",)),
        ("no id", ("no id",)),
        ("", ("",)),
    ],
)
def test_every_spelling_of_an_id_is_known(text: str, names: tuple[str, ...]) -> None:
    assert spellings(text) == names


def test_only_an_accident_lends_its_number_to_persons() -> None:
    assert persons_of("INC-409-000001") == ("VIC-409-000001-", "VA-409-000001-")
    assert persons_of("VIC-409-000001-01") == persons_of("HAZ-409-600001") == persons_of("x") == ()


def test_report_ids_carry_the_record_id() -> None:
    record = RecordId.parse("HR-CLC-409-600007")
    assert record.report_id == report_id(record) == report_id("HR-CLC-409-600007")
    assert record_id_of(record.report_id) == str(record)
    assert report_id("") == ""
    assert record.kind.label.en == "Clearance completion or release"


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.prefix)
def test_examples_are_ids(kind: object) -> None:
    assert readable(example(kind.prefix, "409"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("HR-MRE-409-700001", "HR-MRE-409-700001"),  # told by its rule, found under both
        ("TS-409-1234", "TS-409-001234"),
        ("TS-409-600001", "TS-409-600001"),
        ("TS-409-123", "TS-409-123"),
        ("HAZ-409-60001", "HAZ-409-60001"),
    ],
)
def test_spellings_of_the_procedure_are_kept_as_its_rules_have_them(
    written: str, kept: str
) -> None:
    assert as_kept(written) == kept
