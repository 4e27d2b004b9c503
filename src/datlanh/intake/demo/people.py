"""Who takes part: accounts of the demonstration, their teams and phones, and invented names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from datlanh.accounts.demo import DEMO_TEAMS
from datlanh.accounts.models import Device, User
from datlanh.accounts.services import demo_accounts_seed, device_add


def words(text: str) -> tuple[str, ...]:
    """The words of a list that reads better as one line."""
    return tuple(text.split())


FAMILY = words("Nguyễn Trần Lê Phạm Hoàng Phan Võ Đặng Bùi Hồ Ngô Dương")
MIDDLE = words("Văn Thị Đức Minh Quang Hữu Xuân Ngọc Thanh Thu Bảo Gia")
WOMEN, MEN = words("Thị Ngọc Thu Diệu"), words("Văn Hữu Đức Quang")
GIVEN = words(
    "An Bình Chi Dũng Giang Hà Hải Hiếu Hoa Hùng Hương Khánh Lan Lâm Linh Long Mai Nam Nga "
    "Nhân Phúc Phương Quân Sơn Tâm Thảo Thắng Trang Tuấn Vinh Yến"
)


@dataclass(frozen=True)
class Operator:
    """An operator as the year knows it: who sends, who vouches, which teams, from what phone.

    Without a field user the information officer types the paper form on the web page.
    """

    key: str
    first: int  # of its range of running numbers
    shares: Mapping[str, float]  # of the year's work, by the kind of work
    officer: User
    field: User | None
    device: Device | None
    survey_teams: tuple[str, ...]
    clearance_teams: tuple[str, ...]
    eod_teams: tuple[str, ...]

    @property
    def author(self) -> User:
        """Who sends its reports."""
        return self.field or self.officer


@dataclass(frozen=True)
class Centre:
    """Those who decide."""

    officer: User  # approves
    seconded: User  # approves, but never the military's own
    manager: User  # of the database unit
    director: User

    def approvers(self, operator: str) -> tuple[User, ...]:
        """Who may approve an operator's reports."""
        own = () if operator == "military" else (self.seconded,)
        return (self.officer, self.officer, *own, self.manager)


def cast() -> tuple[Centre, tuple[Operator, ...]]:
    """The demonstration's accounts by what they do, each field user with a phone."""
    users = {u.username: u for u in demo_accounts_seed()}
    centre = Centre(users["kiemtra2"], users["kiemtra1"], users["csdl"], users["giamdoc"])
    operators = (
        _operator("npa_renew", 600_000, users["renew"], users["renew.hientruong"]),
        _operator("mag", 500_000, users["mag"], users["mag.hientruong"]),
        _operator("ptvn", 200_000, users["ptvn"], None),
        _operator("military", 100_000, users["quandoi"], None),
        _operator("crs", 700_000, users["crs"], users["crs.hientruong"]),
        _operator("red_cross", 800_000, users["chuthapdo"], None),
    )
    return centre, operators


# Who does how much of what. Invented, after whom the centre's news name most often.
SHARES: Mapping[str, Mapping[str, float]] = {
    "npa_renew": {"land": 0.42, "eod": 0.52, "education": 0.10, "casualties": 0.5},
    "mag": {"land": 0.33, "eod": 0.24, "education": 0.10, "casualties": 0.3},
    "ptvn": {"land": 0.15, "eod": 0.14, "education": 0.06, "casualties": 0.2},
    "military": {"land": 0.10, "eod": 0.10},
    "crs": {"education": 0.42},
    "red_cross": {"education": 0.32},
}


def _operator(key: str, first: int, officer: User, field: User | None) -> Operator:
    teams = [(name, kind) for owner, _, name, kind in DEMO_TEAMS if owner == key]
    surveying = tuple(n for n, kind in teams if kind in {"nts", "ts"})
    clearing = tuple(n for n, kind in teams if kind == "bac")
    disposing = tuple(n for n, kind in teams if kind == "eod")
    device = None
    if field is not None:
        device = Device.objects.filter(user=field).first()
        if device is None:
            carried_by = (*clearing, *(n for n, _ in teams))[0]
            device, _ = device_add(user=field, name=f"Điện thoại {carried_by}", by=officer)
    return Operator(
        key=key,
        first=first,
        shares=SHARES[key],
        officer=officer,
        field=field,
        device=device,
        survey_teams=surveying or clearing,
        clearance_teams=clearing,
        eod_teams=disposing,
    )


def name(rng: Random) -> str:
    """The name of nobody."""
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def named(rng: Random, gender: str, family: str = "") -> str:
    """The name of nobody, as a man or a woman bears it; `family` is kept where it is given."""
    middle = rng.choice(WOMEN if gender == "female" else MEN)
    return f"{family or rng.choice(FAMILY)} {middle} {rng.choice(GIVEN)}"


def telephone(rng: Random) -> str:
    """A number that nobody has: the block 0900 000 is not given out."""
    return f"0900000{rng.randint(0, 999):03d}"
