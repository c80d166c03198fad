"""Times in messages."""

from __future__ import annotations

from datetime import UTC, datetime


def when(timestamp: int) -> str:
    """A UNIX time as text in UTC; any that a contract can hold."""
    try:
        return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"second {timestamp}"
