"""How a model says that its changes are recorded."""

from typing import Any

from simple_history.models import HistoricalRecords

from audit.models import SealedRecord


def recorded(**kwargs: Any) -> HistoricalRecords:
    """The ``history`` of a model, each record with its seal; ``kwargs`` are those of HistoricalRecords."""
    return HistoricalRecords(bases=[SealedRecord], **kwargs)
