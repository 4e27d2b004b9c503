"""Withdrawing many reports at once."""
