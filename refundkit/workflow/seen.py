"""Names what an approver saw: the hash of an assessment, without what moves with the day."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from refundkit.model.assessment import assessment_text


def digest(assessment: dict[str, Any]) -> str:
    """The hash that names what an approver saw (hex SHA-256)."""
    return sha256(assessment_text(assessment)).hexdigest()
