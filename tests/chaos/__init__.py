"""Killing what runs while people report: `python -m chaos` from `tests/` (see `--help`)."""
