"""What reporting keeps: the papers it issued."""

from __future__ import annotations

from datlanh.reporting.documents.models import IssuedDocument

__all__ = ["IssuedDocument"]
