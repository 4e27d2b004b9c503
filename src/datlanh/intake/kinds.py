"""What kind a file is, told by its content: a name promises nothing."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import PurePosixPath

HEAD_BYTES = 8192  # as much of a file as is looked at

# Whatever their content says, these names are never kept: somebody's computer would run them.
_PROGRAMS = "apk app bat bin cmd com cpl dll exe lnk msi msp pif ps1 py reg scr sh so wasm"
_SCRIPTS = "hta htm html jar js jse mht mhtml php shtml svg svgz swf vb vbe vbs wsf xhtml xht"
_MACROS = "docm dotm xlsm xltm"
RUN_BY_NAME = frozenset(f"{_PROGRAMS} {_SCRIPTS} {_MACROS}".split())
_FIXED = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x00\x00\x27\x0a", "application/vnd.shp"),
)
_FTYP = {
    **dict.fromkeys((b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1"), "image/heic"),
    b"avif": "image/avif",
    b"M4A ": "audio/mp4",
}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "kmz": "application/vnd.google-earth.kmz",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PROGRAM_IN_ZIP = re.compile(rb"META-INF/MANIFEST\.MF|AndroidManifest\.xml|classes\.dex|vbaProject")
_BY_NAME = {  # formats without a mark of their own, taken at their name's word
    "doc": (b"\xd0\xcf\x11\xe0", "application/msword"),
    "xls": (b"\xd0\xcf\x11\xe0", "application/vnd.ms-excel"),
    "gpkg": (b"SQLite format 3\x00", "application/geopackage+sqlite3"),
    "dbf": (b"\x03", "application/x-dbf"),
}
_WORDS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "prj": "text/plain",
    "cpg": "text/plain",
    "nmea": "text/plain",
}
_XML_ROOT = re.compile(r"<(?:\w+:)?(kml|gpx)[\s>]")
_XML_FORBIDDEN = re.compile(r"<!DOCTYPE|<!ENTITY|<(?:\w+:)?(?:html|svg|script)[\s>]", re.IGNORECASE)


def kind_of(head: bytes, name: str) -> str | None:
    """The media type of a file that begins with `head`; None when it is not to be kept.

    Kept are photos, sound and film, PDF, office documents without macros, archives and map
    files. Programs, web pages and drawings that can carry script are not.
    """
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    if ending in RUN_BY_NAME:
        return None
    fixed = next((kind for mark, kind in _FIXED if head.startswith(mark)), None)
    if fixed:
        return fixed
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12], "video/mp4")
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None if _PROGRAM_IN_ZIP.search(head) else _ZIPPED.get(ending, "application/zip")
    return _plain_kind(head, ending)


def _plain_kind(head: bytes, ending: str) -> str | None:
    if ending in _BY_NAME:
        mark, media_type = _BY_NAME[ending]
        return media_type if head.startswith(mark) else None
    return _text_kind(head, ending)


def _text_kind(head: bytes, ending: str) -> str | None:
    text = _decoded(head)
    if text is None or text.startswith("#!"):
        return None
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        root = None if _XML_FORBIDDEN.search(text) else _XML_ROOT.search(text)
        if root is None:
            return None
        return {
            "kml": "application/vnd.google-earth.kml+xml",
            "gpx": "application/gpx+xml",
        }[root[1]]
    if text.startswith(("{", "[")) and ending in ("json", "geojson"):
        return "application/geo+json" if ending == "geojson" else "application/json"
    return _WORDS.get(ending)


def _decoded(head: bytes) -> str | None:
    """The beginning of a text; None for what is not text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif b"\x00" in head:
        return None
    else:
        name = "utf-8"
    try:
        # A character cut in two at the end of the head is no fault.
        return codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return None


def clean_name(name: str, limit: int = 120) -> str:
    """A file name without folders, control characters or leading dots, NFC, never empty."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C").strip().lstrip(".")
    stem, dot, ending = text.rpartition(".")
    if dot and len(text) > limit and len(ending) < 10:
        text = stem[: limit - len(ending) - 1] + "." + ending
    return text[:limit] or "file"
