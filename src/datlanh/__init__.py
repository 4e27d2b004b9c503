"""Đất Lành: information and coordination for a provincial mine action centre."""

__version__ = "0.1.0"
