"""Lets lanes, window and senders change places often: none waits for another's arithmetic."""

from __future__ import annotations

import sys

TURN_S = 0.0005
"""How long a busy lane may keep the interpreter. A redraw, and a lane between two exchanges with
its card, need it dozens of times; at Python's own 5 ms a turn the window answered late
(`./dev bench window`), and cards in eight readers waited for each other (`./dev bench lanes`)."""


def take_short_turns() -> None:
    """From now on, in this whole process."""
    sys.setswitchinterval(TURN_S)
