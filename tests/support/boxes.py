"""Survey boxes as files: a zipped shapefile on the grid, as operators send it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyogrio
import shapely

from datlanh.kernel import grid
from datlanh.kernel.grid import Box
from support.reports import field_of


def home(number: int = 1) -> Box:
    """The box in the middle of the `number`th area."""
    middle = field_of(number).centroid
    box = grid.box_at(middle.x, middle.y)
    assert box is not None
    return box


def packed(boxes: Mapping[Box, str], items: int = 1) -> bytes:
    """Boxes with their results, as written, in one zip."""
    shapes = [grid.polygon_of(b) for b in boxes]
    out = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(out, "w") as into:
        pyogrio.raw.write(
            Path(folder) / "boxes.shp",
            geometry=np.array(shapely.to_wkb(shapes), dtype=object),
            field_data=[
                np.array(list(boxes.values()), dtype=object),
                np.array([items if r == "red" else 0 for r in boxes.values()]),
            ],
            fields=["result", "items"],
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver="ESRI Shapefile",
        )
        for part in sorted(Path(folder).iterdir()):
            into.writestr(part.name, part.read_bytes())
    return out.getvalue()


def field_of_boxes(number: int = 1) -> dict[Box, str]:
    """Five by five boxes: red in the middle and beside it, yellow north of them, green around."""
    middle = home(number)
    found = {middle.moved(c, r): "green" for c in range(-2, 3) for r in range(-2, 3)}
    return found | {
        middle: "red",
        middle.moved(1, 0): "red",
        middle.moved(0, 1): "yellow",
        middle.moved(-2, -2): "grey",
    }
