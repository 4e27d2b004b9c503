"""Ids of records and reports, as the province's coding rules spell them.

Source: SOP 2021, App. 01 §1 (pp. 14–17): prefix, province code, six-digit running number;
a victim adds two digits to the accident's number, an assistance two more to the victim's;
the report id is `FR-` and the record id. The rules give no prefix to form 6; `TS` is that of
their example of a file name (p. 17), with six digits like all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text

REPORT = "FR"


@dataclass(frozen=True, slots=True)
class IdKind:
    """A kind of record by its id prefix; `suffixes` two-digit groups follow the number.

    `aliases` are other prefixes that name the same record: both are read, and kept as written.
    """

    prefix: str
    label: Text
    suffixes: int = 0
    aliases: tuple[str, ...] = ()


KINDS = (
    IdKind("HAZ", Text("Khu vực khẳng định nguy hiểm", "Confirmed hazardous area")),
    IdKind("HR-CLC", Text("Hoàn thành rà phá / giải phóng đất", "Clearance completion or release")),
    IdKind("HR-CLS", Text("Đình chỉ rà phá", "Clearance suspension")),
    IdKind("HR-CLP", Text("Tiến trình rà phá", "Clearance in progress")),
    IdKind("HR-EOD", Text("Nhiệm vụ xử lý lưu động", "EOD spot task")),
    IdKind("TS", Text("Khảo sát kỹ thuật", "Technical survey")),
    # Two examples of the rules have HR-MRE (p. 15), the rule itself MRE (p. 14).
    IdKind("MRE", Text("Giáo dục phòng tránh bom mìn", "Risk education"), aliases=("HR-MRE",)),
    IdKind("INC", Text("Tai nạn bom mìn", "Accident")),
    IdKind("VIC", Text("Nạn nhân bom mìn", "Victim"), 1),
    IdKind("VA", Text("Hỗ trợ nạn nhân", "Victim assistance"), 2),
)
BY_PREFIX = {prefix: kind for kind in KINDS for prefix in (kind.prefix, *kind.aliases)}

_SHORT = {kind.prefix.removeprefix("HR-"): kind for kind in KINDS}  # "EOD" is typed for "HR-EOD"
# The only example of a survey task has four digits (p. 17, TS-409-1234).
_SHORT_SURVEY = re.compile("TS-(?P<province>[0-9]{3})-(?P<number>[0-9]{4})")

_ID = re.compile(
    f"(?P<prefix>{'|'.join(BY_PREFIX)})-(?P<province>[0-9]{{3}})-(?P<number>[0-9]{{6}})"
    "(?P<suffix>(?:-[0-9]{2}){0,2})"
)
_LOOSE = re.compile(
    f"(?:FR)?(?P<hr>HR)?(?P<prefix>{'|'.join(_SHORT)})(?P<digits>[0-9OIL]+)", re.IGNORECASE
)
_LETTERS_FOR_DIGITS = str.maketrans("OIL", "011")

NOT_AN_ID = Text(
    "«{text}» không phải là mã hợp lệ. Mã đúng có dạng {example}.",
    "“{text}” is not a valid id. A valid id looks like {example}.",
)
MEANT = Text(
    "«{text}» không đúng cách viết mã. Có phải là {proposal}?",
    "“{text}” is not written as an id should be. Is {proposal} meant?",
)


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """A record id in its parts: `HAZ`, `409`, 600001, and `01` or `01-02` for persons."""

    prefix: str
    province: str
    number: int
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> RecordId:
        """The id written exactly as the rules say.

        Raises DomainError (code "record_id") otherwise; the sentence proposes what was
        probably meant, where that can be told.
        """
        found = _ID.fullmatch(text)
        if found:
            suffix = found["suffix"].removeprefix("-")
            groups = len(suffix.split("-")) if suffix else 0
            if groups == BY_PREFIX[found["prefix"]].suffixes:
                return cls(found["prefix"], found["province"], int(found["number"]), suffix)
        proposal = propose(text)
        if proposal:
            raise DomainError(MEANT, code="record_id", text=text, proposal=str(proposal))
        raise DomainError(NOT_AN_ID, code="record_id", text=text, example=example("HAZ", "409"))

    @property
    def report_id(self) -> str:
        """The id of the report about this record: `FR-HAZ-409-600001`."""
        return f"{REPORT}-{self}"

    @property
    def kind(self) -> IdKind:
        """What the prefix stands for."""
        return BY_PREFIX[self.prefix]

    @property
    def canonical(self) -> RecordId:
        """The same record's id with the prefix of the rules: `MRE` for `HR-MRE`."""
        return replace(self, prefix=self.kind.prefix)

    def parent(self) -> RecordId | None:
        """The accident of a victim, the victim of an assistance; None for other records."""
        if self.prefix == "VIC":
            return RecordId("INC", self.province, self.number)
        if self.prefix == "VA":
            return RecordId("VIC", self.province, self.number, self.suffix[:2])
        return None

    def __str__(self) -> str:
        tail = f"-{self.suffix}" if self.suffix else ""
        return f"{self.prefix}-{self.province}-{self.number:06d}{tail}"


def as_kept(text: str) -> str:
    """The id a record is kept under: a survey's four digits, as the procedure prints them, filled.

    Anything else comes back as it is: what a careless id means is for a person to say.
    """
    short = _SHORT_SURVEY.fullmatch(text)
    return str(RecordId("TS", short["province"], int(short["number"]))) if short else text


def readable(text: str) -> bool:
    """Whether `RecordId.parse` accepts the text."""
    try:
        RecordId.parse(text)
    except DomainError:
        return False
    return True


def propose(text: str, province: str = "409") -> RecordId | None:
    """What a carelessly written id probably means, or None.

    Forgives lower case, spaces, missing or wrong hyphens, a report's `FR-`, a missing `HR-`,
    a missing province code, and the letters O, I, L among digits. Never guesses a digit:
    the running number must have all six.
    """
    loose = _LOOSE.fullmatch(re.sub(r"[^0-9A-Za-z]", "", text))
    if loose is None:
        return None
    kind = _SHORT[loose["prefix"].upper()]
    spelt = f"HR-{kind.prefix}" if loose["hr"] else kind.prefix
    prefix = spelt if spelt in kind.aliases else kind.prefix
    digits = loose["digits"].upper().translate(_LETTERS_FOR_DIGITS)
    pairs = 2 * kind.suffixes
    if len(digits) == 6 + pairs:
        digits = province + digits
    if len(digits) != 9 + pairs:
        return None
    suffix = "-".join(digits[i : i + 2] for i in range(9, 9 + pairs, 2))
    return RecordId(prefix, digits[:3], int(digits[3:9]), suffix)


def spellings(record_id: str) -> tuple[str, ...]:
    """Every id that names the same record, the one given first; text that is no id as it is."""
    if not readable(record_id):
        return (record_id,)
    record = RecordId.parse(record_id)
    prefixes = (record.kind.prefix, *record.kind.aliases)
    others = (str(replace(record, prefix=prefix)) for prefix in prefixes)
    return tuple(dict.fromkeys((record_id, *others)))


def persons_of(record_id: str) -> tuple[str, ...]:
    """How the ids of persons begin that repeat the number of this record: of an accident only."""
    record = RecordId.parse(record_id) if readable(record_id) else None
    if record is None or record.prefix != "INC":
        return ()
    persons = (kind.prefix for kind in KINDS if kind.suffixes)
    return tuple(f"{prefix}-{record.province}-{record.number:06d}-" for prefix in persons)


def report_id(record_id: str | RecordId) -> str:
    """The report id of a record id, "" for none."""
    return f"{REPORT}-{record_id}" if str(record_id) else ""


def record_id_of(report: str) -> str:
    """The record id inside a report id; the text itself where it is none."""
    return report.removeprefix(f"{REPORT}-")


def example(prefix: str, province: str, number: int = 600001) -> str:
    """An id as it should look, for advice."""
    pairs = "-".join(["01"] * BY_PREFIX[prefix].suffixes)
    return str(RecordId(prefix, province, number, pairs))
