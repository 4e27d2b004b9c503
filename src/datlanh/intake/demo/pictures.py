"""Files that come with reports: small photographs, a scanned page, an archive of points."""

from __future__ import annotations

import functools
import io
import zipfile
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (560, 420)
KINDS = 16  # different photographs; attachments are kept by content, so more would only weigh


@functools.lru_cache(maxsize=KINDS)
def photograph(number: int) -> bytes:
    """A JPEG of bare ground with a marking stick: soil by noise, as a phone might take it."""
    rng = np.random.default_rng(number)
    soils = ((122, 92, 60), (150, 84, 52), (98, 104, 62), (168, 150, 112))
    soil = np.array(soils[number % len(soils)])
    coarse = rng.normal(0, 34, (SIZE[1] // 12, SIZE[0] // 12))
    noise = np.asarray(Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC))
    grain = rng.normal(0, 9, (SIZE[1], SIZE[0]))
    light = np.linspace(18, -14, SIZE[1])[:, None]
    ground = soil[None, None, :] + (noise + grain + light)[:, :, None]
    picture = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
    picture = picture.filter(ImageFilter.GaussianBlur(0.8))
    pen = ImageDraw.Draw(picture)
    x, y = (int(v) for v in rng.integers((160, 150), (400, 300)))
    pen.ellipse((x - 15, y - 13, x + 15, y + 15), fill=(74, 66, 56), outline=(40, 36, 30), width=2)
    pen.line((x + 60, y + 60, x + 46, y - 110), fill=(214, 204, 190), width=6)
    pen.line((x + 49, y - 74, x + 46, y - 110), fill=(176, 32, 30), width=6)
    pen.rectangle((12, SIZE[1] - 40, 190, SIZE[1] - 12), fill=(236, 232, 222))
    pen.text((20, SIZE[1] - 34), f"EV / {number + 1:02d}   scale 10 cm", fill=(30, 30, 30))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=72)
    return out.getvalue()


def any_photograph(rng: Random) -> bytes:
    """One of them."""
    return photograph(rng.randrange(KINDS))


def page(title: str) -> bytes:
    """A one-page PDF, as a scanner in the office would give it."""
    text = title.encode("ascii", "replace").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 18 Tf 72 760 Td (" + text + b") Tj ET"
    font = b"/Resources<</Font<</F1 5 0 R>>>>>>"
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + font,
        b"<</Length " + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


def archive(ring: list[list[float]]) -> bytes:
    """Turning points as a CSV in a ZIP."""
    lines = ["point,longitude,latitude"]
    lines += [f"TP{n},{x:.5f},{y:.5f}" for n, (x, y) in enumerate(ring[:-1], 1)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        # A fixed day: the same points are the same file.
        name = zipfile.ZipInfo("turning_points.csv", (2026, 1, 1, 0, 0, 0))
        packed.writestr(name, "\n".join(lines))
    return out.getvalue()
