"""How long something waits, and how a long number is read."""

from __future__ import annotations

from cardstation.i18n import Translator


def age(minutes: int, t: Translator) -> str:
    """How long something waits, in the largest unit that fits."""
    if minutes < 60:
        return t("{n} min", n=minutes)
    if minutes < 48 * 60:
        return t("{n} h", n=minutes // 60)
    return t("{n} days", n=minutes // (24 * 60))


def grouped(number: str) -> str:
    """In groups of four; a dash for none."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) or "—"
