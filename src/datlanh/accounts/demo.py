"""The demonstration's accounts. Every person is invented."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PASSWORD = "dat-lanh-demo"  # noqa: S105 - shown on the demonstration's sign-in page


@dataclass(frozen=True)
class DemoSpec:
    """One account: `within` is the organisation of the grant, None for the whole province."""

    username: str
    full_name: str
    role: str
    home: str
    within: str | None = None


DEMO_ACCOUNTS = (
    DemoSpec("giamdoc", "Hồ Đăng Khuê", "director", "qtmac"),
    # Seconded by the military: his own service's reports are not his to approve.
    DemoSpec("kiemtra1", "Lê Trọng Vĩnh", "data_qc_officer", "military"),
    DemoSpec("kiemtra2", "Trần Diệu Hằng", "data_qc_officer", "qtmac"),
    DemoSpec("csdl", "Nguyễn Thục Quyên", "database_unit_manager", "qtmac"),
    DemoSpec("mag", "Hoàng Minh Thuỷ", "operator_information_officer", "mag", "mag"),
    DemoSpec("renew", "Phan Quốc Bảo", "operator_information_officer", "npa_renew", "npa_renew"),
    DemoSpec("ptvn", "Võ Thị Ái Linh", "operator_information_officer", "ptvn", "ptvn"),
    DemoSpec("quandoi", "Đỗ Hữu Cường", "operator_information_officer", "military", "military"),
    DemoSpec("mag.hientruong", "Nguyễn Văn Đạt", "field_user", "mag", "mag"),
    DemoSpec("renew.hientruong", "Lê Thị Xuân Mai", "field_user", "npa_renew", "npa_renew"),
    DemoSpec("crs", "Dương Thu Nga", "operator_information_officer", "crs", "crs"),
    DemoSpec("chuthapdo", "Bùi Gia Sơn", "operator_information_officer", "red_cross", "red_cross"),
    DemoSpec("crs.hientruong", "Ngô Bảo Yến", "field_user", "crs", "crs"),
)

# organisation key, team key, name, kind
DEMO_TEAMS = (
    ("mag", "nts-1", "MAG NTS 1", "nts"),
    ("mag", "ts-2", "MAG TS 2", "ts"),
    ("mag", "bac-3", "MAG BAC 3", "bac"),
    ("mag", "eod-1", "MAG EOD 1", "eod"),
    ("npa_renew", "nts-1", "NPA/RENEW NTS 1", "nts"),
    ("npa_renew", "cmrs-4", "NPA/RENEW CMRS 4", "ts"),
    ("npa_renew", "bac-2", "NPA/RENEW BAC 2", "bac"),
    ("npa_renew", "eod-1", "NPA/RENEW EOD 1", "eod"),
    ("npa_renew", "eod-2", "NPA/RENEW EOD 2", "eod"),
    ("ptvn", "bac-1", "PTVN BAC 1", "bac"),
    ("ptvn", "eod-1", "PTVN EOD 1", "eod"),
    ("military", "bac-1", "Đội rà phá 1", "bac"),
    ("military", "bac-2", "Đội rà phá 2", "bac"),
    ("military", "eod-1", "Đội xử lý 1", "eod"),
    ("crs", "mre-1", "CRS MRE 1", "mre"),
    ("red_cross", "mre-1", "Chữ thập đỏ MRE 1", "mre"),
)
