"""What a row of a list, or a card that was stopped, waits for: one guide for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cardstation.domain.exception_case import BAG_H, KEPT_H, Act, Guide, GuideStep, Proof, Who

SEEN, BACK, STRAY, KEPT = "seen", "back", "stray", "kept"
REFUSED, OWED = "refused", "owed"
"""States of a line: its card was stopped; its bag went back; the card stands on no line; it is kept
here for its household; it was refused with a load on it; that load came off, and its money is owed.
Empty: a row that no card was needed to doubt."""
LOST, DESTROYED = "lost", "destroyed"
"""States of a line that was loaded: what two people said of its card since."""
FOUND_AGAIN = "found_again"
"""State of a line whose load two people made good, and whose card was found since."""
COVERED, NO_DEBT = "covered", "no_debt"
"""States of a row with debts: money is there to pay them; they are paid."""

_ROW, _STOP = 6, 5
"""Ranks: a card that lies in a tray is worse than a row."""


def _row(step: str, *more: Act) -> Guide:
    """A row that a person decides, or leaves out."""
    decide = GuideStep(step, Who.CLERK, Act.DECIDE, Proof.DECISION)
    return Guide((decide,), 0, (Act.DECIDE, *more, Act.LEAVE_OUT), BAG_H, _ROW)


_AGAIN = GuideStep("run_again", Who.CLERK, Act.CARD, Proof.CARD_READ)
_BACK = GuideStep("back_unpaid", Who.CLERK, Act.BACK_UNPAID, Proof.DECISION)


def _card(step: str) -> Guide:
    """A stopped card: what is asked, the card once more, or back without a load."""
    ask = GuideStep(step, Who.CLERK, Act.CARD, Proof.CARD_READ)
    return Guide((ask, _BACK), 0, (Act.CARD, Act.BACK_UNPAID), BAG_H, _STOP)


def _closed(step: str) -> Guide:
    """A row for which nothing can be loaded here."""
    out = GuideStep(step, Who.CLERK, Act.LEAVE_OUT, Proof.DECISION)
    return Guide((out,), 0, (Act.LEAVE_OUT,), BAG_H, _ROW)


_MONEY_FIRST = GuideStep("money_for_debt", Who.CLERK, Act.TAKE_MONEY, Proof.PAYMENT_ANSWER)
_CONSENT = GuideStep("consent_to_debt", Who.CLERK, Act.ARREARS, Proof.CONSENT)
_DEBT = Guide((_MONEY_FIRST, _CONSENT), 0, (Act.TAKE_MONEY, Act.LEAVE_OUT), BAG_H, _ROW)
_DEBT_COVERED = replace(_DEBT, at=1, now=(Act.ARREARS, Act.LEAVE_OUT))

_WHO, _AMOUNT, _TWICE = _row("say_whom"), _row("say_amount"), _row("say_which")
_ORDER = _row("say_order")
_ANY_ROW = _row("decide_row")
ROWS: Mapping[str, Guide] = {
    **dict.fromkeys(
        (
            *("household_not_certain", "unknown_household", "row_not_readable", "card_on_two"),
            *("name_differs", "door_differs", "community_differs", "door_not_readable"),
            *("card_differs", "check_digit_wrong", "already_on_list"),
        ),
        _WHO,
    ),
    **dict.fromkeys(
        (
            *("amount_not_certain", "no_amount", "note_to_read", "implausible_volume"),
            *("zero_amount", "cap_exceeded", "per_load_max"),
        ),
        _AMOUNT,
    ),
    **dict.fromkeys(("differing_duplicate", "in_other_batch"), _TWICE),
    **dict.fromkeys(
        ("prepaid_order_missing", "several_orders", "prepaid_with_amount", "order_waits"),
        _ORDER,
    ),
    "identical_duplicate": _closed("leave_twin_out"),
    "card_blacklisted": _closed("keep_card_apart"),
    "chip_not_supported": _closed("other_machine"),
    "account_closed": _closed("account_at_hall"),
    "account_stopped": _closed("account_at_hall"),
}

_SCAN = GuideStep("scan_envelope", Who.CLERK, Act.ENVELOPE, Proof.DECISION)
_ENVELOPE = Guide((_SCAN, _AGAIN, _BACK), 0, (Act.ENVELOPE, Act.BACK_UNPAID), BAG_H, _STOP)
_GONE_ON = GuideStep("ask_elsewhere", Who.CLERK, Act.BACK_UNPAID, Proof.DECISION)
_PAST = Guide((_GONE_ON,), 0, (Act.BACK_UNPAID,), BAG_H, _STOP)
_ANY_CARD, _OWN = _card("ask_about_card"), _card("ask_live_card")
STOPS: Mapping[str, Guide] = {
    "card_in_other_envelope": _ENVELOPE,
    "card_of_old_meter": _card("write_for_meter"),
    **dict.fromkeys(
        ("counter_past_expected", "loaded_since_list", "order_loaded_elsewhere"), _PAST
    ),
    **dict.fromkeys(
        (
            *("old_card", "card_differs_from_file", "counter_below_expected", "opening_card"),
            *("card_not_ours", "foreign_card", "blank_card", "chip_unknown", "no_key_for_maker"),
            "tool_card",
            *("no_maker_rules", "card_blocked", "card_blacklisted", "layout_key_missing"),
            *("purse_locked", "purse_count_full", "loaded_on_other_card"),
        ),
        _OWN,
    ),
    **dict.fromkeys(
        (
            *("card_damaged", "code_refused", "code_locked", "code_tries_low", "link_failed"),
            *("write_not_taken", "no_credit_slot", "no_return_block", "counter_used_up"),
            *("card_not_genuine", "load_unanswered"),
        ),
        _card("other_reader"),
    ),
    **dict.fromkeys(
        (
            *("order_needs_ledger", "order_leased_elsewhere", "order_holder_silent"),
            *("order_in_doubt",),
            *("order_not_yet_due", "order_not_waiting", "prepaid_order_missing", "several_orders"),
        ),
        _card("order_in_reach"),
    ),
    **dict.fromkeys(("psam_silent", "hsm_silent", "purse_secret_missing"), _card("seat_module")),
}
_WHOSE = GuideStep("say_whose_card", Who.CLERK, Act.EXPLAIN, Proof.DECISION)
_STRAY = Guide((_WHOSE,), 0, (Act.EXPLAIN, Act.BACK_UNPAID), BAG_H, _STOP)
_GONE = GuideStep("kept_no_more", Who.TWO, Act.EXPLAIN, Proof.SECOND_APPROVAL)


def _kept(step: str) -> Guide:
    """A card that lies here for its household: it signs for it, or two persons say where it is."""
    hand = GuideStep(step, Who.CLERK, Act.HAND_BACK, Proof.SIGNATURE)
    return Guide((hand, _GONE), 0, (Act.HAND_BACK, Act.EXPLAIN), KEPT_H, _ROW)


_ANY_KEPT = _kept("hand_absent")
KEPT_FOR: Mapping[str, Guide] = {
    "kept_refused": _kept("hand_refused"),
    "kept_absent": _ANY_KEPT,
    "kept_sealed_off": _kept("hand_sealed_off"),
}
_TURNS_UP = GuideStep("find_loaded_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_MADE_GOOD = GuideStep("make_load_good", Who.TWO, Act.EXPLAIN, Proof.SECOND_APPROVAL)
_LOST_LOAD = Guide((_TURNS_UP, _MADE_GOOD), 0, (Act.CARD, Act.EXPLAIN), BAG_H, 3)
_DESTROYED_LOAD = replace(_LOST_LOAD, at=1, now=(Act.EXPLAIN,))
_TWICE_THERE = GuideStep("keep_found_card", Who.TWO, Act.EXPLAIN, Proof.SECOND_APPROVAL)
_FOUND_LOAD = Guide((_TWICE_THERE,), 0, (Act.EXPLAIN,), BAG_H, 3)
_OFF = GuideStep("off_refused", Who.TWO, Act.TAKE_OFF, Proof.CARD_READ)
_PAY = GuideStep("pay_refused", Who.TWO, Act.PAY_OUT, Proof.SECOND_APPROVAL)
_REFUSED_LOADED = Guide(
    (_OFF, _PAY, KEPT_FOR["kept_refused"].step), 0, (Act.TAKE_OFF, Act.EXPLAIN), KEPT_H, _STOP
)
_REFUSED_OWED = replace(_REFUSED_LOADED, at=1, now=(Act.PAY_OUT, Act.EXPLAIN))
_CLOSE = GuideStep("close_batch", Who.CLERK, Act.CLOSE, Proof.SIGNATURE)
_RETURNED = Guide((_CLOSE,), 0, (Act.CLOSE,), BAG_H, _ROW)


def line_guide(code: str, state: str) -> Guide:
    """The guide of a row or of a stopped card.

    Args:
        code: Why it waits; a new code has a guide, too.
        state: `SEEN`, `BACK`, `STRAY`, `KEPT`, `REFUSED`, `OWED`, `LOST`, `DESTROYED`,
            `FOUND_AGAIN`, `COVERED`, `NO_DEBT`, or empty.
    """
    if state == BACK:
        return _RETURNED
    if state == STRAY:
        return _STRAY
    if state in (REFUSED, OWED):
        return _REFUSED_LOADED if state == REFUSED else _REFUSED_OWED
    if state == KEPT:
        return KEPT_FOR.get(code, _ANY_KEPT)
    if state in (LOST, DESTROYED):
        return _LOST_LOAD if state == LOST else _DESTROYED_LOAD
    if state == FOUND_AGAIN:
        return _FOUND_LOAD
    if state == SEEN:
        return STOPS.get(code, _ANY_CARD)
    if code == "arrears" and state != NO_DEBT:
        return _DEBT_COVERED if state == COVERED else _DEBT
    return ROWS.get(code, _ANY_ROW)
