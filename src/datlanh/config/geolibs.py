"""GDAL and GEOS from the wheels that ship them, so that no system package is needed."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


def _site(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed: run ./run once.")
    return Path(spec.origin).parent


def wheel_library(package: str, stem: str) -> str:
    """The path of a shared library inside a wheel, such as ("pyogrio", "libgdal")."""
    folder = _site(package).parent / f"{package}.libs"
    found = sorted(folder.glob(f"{stem}-*.so*"))
    if not found:
        raise SystemExit(f"{stem} is missing in {folder}.")
    return str(found[0])


def use_wheel_data() -> None:
    """Point GDAL and PROJ at the data the pyogrio wheel carries, unless told otherwise."""
    root = _site("pyogrio")
    os.environ.setdefault("GDAL_DATA", str(root / "gdal_data"))
    os.environ.setdefault("PROJ_DATA", str(root / "proj_data"))
