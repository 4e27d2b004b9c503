"""Measurements beside their floors; see README.md."""
