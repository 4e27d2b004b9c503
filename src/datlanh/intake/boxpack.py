"""Boxes written as the zipped shapefile of the procedure: what `boxfile` reads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyogrio
import shapely

from datlanh.kernel.boxes import BoxRow
from datlanh.kernel.grid import box_of_id, polygon_of

FIXED = (1980, 1, 1, 0, 0, 0)  # the same boxes are the same file
COLUMNS = ("box_id", "result", "items", "date")


def boxes_packed(stem: str, rows: Sequence[BoxRow]) -> bytes:
    """A zip with `stem`.shp in WGS 84: box_id, result, items, date. Rows must name boxes.

    Source: SOP 2021, App. 01 §2.1 (p. 17).
    """
    boxes = [box_of_id(row.box) for row in rows]
    squares = shapely.to_wkb([polygon_of(box) for box in boxes if box is not None])
    columns = [
        np.array([row.box for row in rows], dtype=object),
        np.array([row.result for row in rows], dtype=object),
        np.array([row.items for row in rows], dtype=np.int32),
        np.array([row.on for row in rows], dtype=object),
    ]
    out = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(out, "w") as packed:
        pyogrio.raw.write(
            Path(folder) / f"{stem}.shp",
            geometry=np.array(squares, dtype=object),
            field_data=columns,
            fields=list(COLUMNS),
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver="ESRI Shapefile",
            ENCODING="UTF-8",
            DBF_DATE_LAST_UPDATE="2026-01-01",
        )
        for part in sorted(Path(folder).iterdir()):
            member = zipfile.ZipInfo(part.name, FIXED)
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, part.read_bytes())
    return out.getvalue()
