"""What holds for every table: paired fields, units in names, one reference system."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.contrib.gis.db import models
from django.contrib.gis.db.models import GeometryField

OURS = [m for m in apps.get_models() if m.__module__.startswith("datlanh.")]
IDS = [m._meta.label for m in OURS]
MEASURES = re.compile(r"(^|_)(area|depth|accuracy|distance|length|duration)(_|$)")
UNITS = ("_cm", "_km2", "_m", "_m2", "_s")


def _fields(model: type[models.Model]) -> dict[str, models.Field]:
    return {f.name: f for f in model._meta.concrete_fields}


def _pairs() -> list[tuple[type[models.Model], str]]:
    return [
        (model, name.removesuffix("_at"))
        for model in OURS
        for name in _fields(model)
        if name.endswith("_at") and f"{name.removesuffix('_at')}_by" in _fields(model)
    ]


def test_there_are_paired_fields_to_look_at() -> None:
    assert _pairs()


@pytest.mark.parametrize(("model", "stem"), _pairs(), ids=lambda v: getattr(v, "__name__", v))
def test_who_and_when_are_kept_together(model: type[models.Model], stem: str) -> None:
    """A time that may be absent, with a person beside it, is tied to that person by a constraint.

    Where the time is always there, an absent person is the system itself.
    """
    fields = _fields(model)
    if not fields[f"{stem}_at"].null:
        return
    tied = [
        c
        for c in model._meta.constraints
        if isinstance(c, models.CheckConstraint)
        and f"{stem}_at" in str(c.condition)
        and f"{stem}_by" in str(c.condition)
    ]
    assert tied, f"{model._meta.label}: no constraint ties {stem}_at to {stem}_by"


@pytest.mark.parametrize("model", OURS, ids=IDS)
def test_geometry_is_stored_in_wgs_84(model: type[models.Model]) -> None:
    srids = {f.name: f.srid for f in model._meta.concrete_fields if isinstance(f, GeometryField)}
    assert all(srid == 4326 for srid in srids.values()), srids


@pytest.mark.parametrize("model", OURS, ids=IDS)
def test_a_measure_names_its_unit(model: type[models.Model]) -> None:
    numbers = (models.FloatField, models.IntegerField, models.DecimalField)
    bare = [
        n
        for n, f in _fields(model).items()
        if isinstance(f, numbers) and MEASURES.search(n) and not n.endswith(UNITS)
    ]
    assert bare == []


@pytest.mark.parametrize("model", OURS, ids=IDS)
def test_times_end_in_at_and_are_the_only_ones_to_do_so(model: type[models.Model]) -> None:
    wrong = [
        n
        for n, f in _fields(model).items()
        if isinstance(f, models.DateTimeField) != (n.endswith("_at") or n == "at")
        and n not in {"last_login", "expire_date"}  # Django's own
        and not isinstance(f, models.PointField)  # `at`: where a finding lies
    ]
    assert wrong == []
