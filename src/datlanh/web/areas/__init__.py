"""Hazardous areas and released land: lists, records, search."""
