"""The three trays beside the readers: where a card goes when it comes out.

::

    A  done                      loaded and sealed: its row is done
    B  somebody must ask         a question about the card or its row is open
    C  goes back without a load  nothing can be loaded on it in this batch

The tray follows from why a card was stopped; a clerk may choose another with one key, but A: only a
card whose row is done lies there. What stops the whole station says nothing of a card: it goes into
no tray, and waits where it lies.
"""

from __future__ import annotations

from enum import StrEnum


class Tray(StrEnum):
    """Done, ask, return unpaid."""

    A = "A"
    B = "B"
    C = "C"


OF_THE_STATION = frozenset(
    {
        "anchor_damaged",
        "anchor_forged",
        "anchor_missing",
        "clerk_taken_off",
        "clock_leapt_ahead",
        "clock_ran_back",
        "device_key_needs_passphrase",
        "device_key_not_in_keyring",
        "grant_list_old",
        "grant_missing",
        "grant_over",
        "no_clerks",
        "no_shift",
        "other_card_first",
        "passphrase_wrong",
        "selling_frozen",
        "shift_counted",
        "store_rolled_back",
    }
)
"""Stops that would stop any card: nobody is on duty, the records, clock or key are not well, the
desk may sell nothing unheard, or another card goes first."""

_NOTHING_TO_LOAD = frozenset(
    {
        "account_closed",
        "account_stopped",
        "cap_exceeded",
        "hoard_limit",
        "hoard_limit_money",
        "line_blocked",
        "line_unfunded",
        "list_lost",
        "load_returned",
        "load_still_on_card",
        "load_still_on_card_money",
        "order_already_loaded",
        "per_load_max",
    }
)
_DONE = frozenset({"", "line_already_done"})


def tray_for(code: str) -> Tray:
    """The tray of a card by the code of its stop; empty = it was loaded."""
    if code in _DONE:
        return Tray.A
    return Tray.C if code in _NOTHING_TO_LOAD else Tray.B
