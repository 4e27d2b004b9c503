"""Organisations with their ranges, teams and donors, and what became of each running number."""
