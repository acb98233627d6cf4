"""Figures as a person would say them; the same roundings as the pipeline's own messages."""

from __future__ import annotations


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def dollars(usd: float) -> str:
    return f"${usd:.3f}" if usd < 0.1 else f"${usd:.2f}"


def span(low: str, high: str) -> str:
    """ "2 min", "7 min" → "2 – 7 min"; equal ends are said once."""
    if low == high:
        return low
    low_number, _, low_unit = low.partition(" ")
    return f"{low_number} – {high}" if low_unit and high.endswith(f" {low_unit}") else f"{low} – {high}"


def size(byte_count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if byte_count < 1000:
            return f"{byte_count:.0f} {unit}" if unit in ("B", "kB") else f"{byte_count:.1f} {unit}"
        byte_count /= 1000
    return f"{byte_count:.1f} TB"
