"""From figures and drawings to a PDF: the same in, the same bytes out.

Nothing is read but the template beside this file and the fonts typst carries (Libertinus Serif
has all of Vietnamese): no clock, no machine's fonts, no network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).with_name("templates")


def typeset(template: str, told: Mapping[str, Any]) -> bytes:
    """The PDF of a template with what it is to say."""
    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=[],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"told": json.dumps(told, ensure_ascii=False, sort_keys=True)},
        timestamp=0,
    )
