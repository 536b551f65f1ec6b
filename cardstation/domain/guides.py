"""The way to the end of every kind of open thing: who, what, and by which proof it closes.

Where a guide stands follows from facts alone (what a card showed, what money is there, who holds an
order): nothing here is ever stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cardstation.domain.exception_case import (
    BAG_H,
    END_OF_SHIFT,
    MONEY_H,
    OFF_BOOK_H,
    ORDER_H,
    Act,
    Guide,
    GuideStep,
    Kind,
    Proof,
    Who,
)
from cardstation.domain.line_guides import line_guide

REJOINABLE = frozenset(
    {"anchor_missing", "ledger_ahead", "ledger_epoch", "rejoin_begun", "store_rolled_back"}
)
"""Verdicts that two persons may end by comparing with the ledger."""
LYING = "list_left_lying"
"""A list of which no card was ever collected, long after it was taken in."""
LIES_HERE, NOT_RUN, WITH_TEAM = "bag_lies_here", "bag_not_run", "bag_with_team"
"""A bag that nobody touched for long: run, not run (or not all of it), and not at this desk."""
NOT_ENDED = "batch_not_ended"
"""A batch that nobody touched for long, no card of it is in our hands, and it is not closed."""
CLOSABLE = "batch_closable"
"""A batch that nothing keeps from being closed."""
UNPHOTOGRAPHED = "paper_to_photograph"
"""A hand-over that was signed on paper, of which there is no photo yet."""
OTHERWISE = "team_counted_otherwise"
"""A collection that a team's laptop recorded, while this desk's own record has another count."""
COUNTED = "counted"
"""State of a bag that was counted again, or of which every card that lacks is known by name."""
HELD, PARTLY_HELD, FREE = "held", "partly_held", "free"
"""States of money that is owed: rows hold all of it, a part of it, or nothing."""
IN_DOUBT = "payout_in_doubt"
"""Money that may be paid out already: begun before a cut, or in a lost part of the records."""
ONE_IN_DOUBT = "one_in_doubt"
"""The same of one payment of a batch whose other money is not done with: it runs, or rows hold."""

CLOSING_IN_DOUBT = "closing_in_doubt"
"""The same of what was paid out for an account that is being closed."""

PAYOUT_AGAIN = "payout_again"
"""The same of a balance that is paid out, or of a charge that is taken back."""

PASSED, NOT_ON_FILE = "passed", "not_on_file"
"""States of a paid order: its card has left the counter it is for; its household is another's."""

GAS_IN_DOUBT = "tool_gas_in_doubt"
"""A tool card was pulled out of a meter: what it took is in that meter, or nowhere."""
TO_BOOK = "tool_gas_to_book"
"""What a tool card took out of a meter, and nobody gave to its household yet."""

_FIND = GuideStep("find_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_HOLD = GuideStep("hold", Who.TWO, Act.DISPUTE, Proof.SECOND_APPROVAL)
_SETTLE = GuideStep("settle", Who.TWO, Act.SETTLE, Proof.WITNESS)
_ANSWER = GuideStep("count_money", Who.CLERK, Act.ANSWER, Proof.PAYMENT_ANSWER)
_LOAD = GuideStep("load_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_LOAD_DUE = GuideStep("load_given", Who.CLERK, Act.CARD, Proof.CARD_READ)
_REFUND = GuideStep("give_up", Who.TWO, Act.REFUND, Proof.CARD_READ)
_DUE_AGAIN = GuideStep("due_again", Who.TWO, Act.REFUND, Proof.CARD_READ)
_END_GIVEN = GuideStep("end_given", Who.TWO, Act.PAY_OUT, Proof.SECOND_APPROVAL)
_PAY_OUT = GuideStep("pay_out", Who.TWO, Act.PAY_OUT, Proof.SECOND_APPROVAL)
_LOOK_UP = GuideStep("look_payout_up", Who.TWO, Act.PAY_OUT, Proof.SLIP)
_OFF = GuideStep("off_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_WRITE_ON = GuideStep("write_card_on", Who.CLERK, Act.CARD, Proof.CARD_READ)
_CHANGE_ON = GuideStep("change_card_on", Who.CLERK, Act.CARD, Proof.CARD_READ)
_WIPE_ON = GuideStep("clear_card_on", Who.CLERK, Act.CARD, Proof.CARD_READ)
_ASIDE = GuideStep("lay_card_aside", Who.TWO, Act.NONE, Proof.WITNESS)
_MAKE_TOOL = GuideStep("make_tool_on", Who.TWO, Act.NONE, Proof.CARD_READ)
_WIPE_TOOL = GuideStep("clear_tool_on", Who.TWO, Act.NONE, Proof.CARD_READ)
_FETCH_TOOL = GuideStep("fetch_tool", Who.TWO, Act.NONE, Proof.CARD_READ)
_TOOL_LOST = GuideStep("tool_lost", Who.TWO, Act.NONE, Proof.WITNESS)
_REJOIN = GuideStep("compare", Who.TWO, Act.REJOIN, Proof.SECOND_APPROVAL)
_CALL = GuideStep("call_centre", Who.CENTRE, Act.NONE, Proof.LEDGER)
_READ = GuideStep("read_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_BOOKED = GuideStep("centre_books", Who.CENTRE, Act.NONE, Proof.LEDGER)
_TELL = GuideStep("tell_payer", Who.CENTRE, Act.NONE, Proof.LEDGER)
_CHANNEL = GuideStep("channel_file", Who.CENTRE, Act.NONE, Proof.CHANNEL_FILE)
_FREED = GuideStep("money_freed", Who.TWO, Act.NONE, Proof.SECOND_APPROVAL)
_COUNT = GuideStep("count_bag", Who.CLERK, Act.COUNT, Proof.COUNT)
_EXPLAIN = GuideStep("explain_cards", Who.TWO, Act.EXPLAIN, Proof.SECOND_APPROVAL)
_FREE = GuideStep("free_money", Who.CLERK, Act.RELEASE, Proof.DECISION)
_GIVE = GuideStep("give_back", Who.TWO, Act.GIVE_BACK, Proof.SECOND_APPROVAL)
_GIVE_IN_DOUBT = GuideStep("give_back_in_doubt", Who.TWO, Act.GIVE_BACK, Proof.SLIP)
_PAY_AGAIN = GuideStep("pay_out_again", Who.TWO, Act.NONE, Proof.SLIP)
_CLOSE_AGAIN = GuideStep("close_account_again", Who.TWO, Act.NONE, Proof.SLIP)
_CALL_HOME = GuideStep("call_home", Who.CLERK, Act.HOLD_ORDER, Proof.LEDGER)
_BIND = GuideStep("bind_anew", Who.CENTRE, Act.NONE, Proof.LEDGER)
_ITS_DESK = GuideStep("order_of_other_desk", Who.CENTRE, Act.NONE, Proof.LEDGER)
_HELD_ELSEWHERE = GuideStep("held_elsewhere", Who.CENTRE, Act.NONE, Proof.LEDGER)

_UNKNOWN, _PAID, _OFFED = (_FIND, _HOLD, _SETTLE), (_LOAD, _REFUND, _PAY_OUT), (_OFF, _PAY_OUT)
_OF_UNKNOWN = Guide(_UNKNOWN, 0, (Act.CARD, Act.DISPUTE), END_OF_SHIFT, 1)
_OF_SALE = replace(_OF_UNKNOWN, now=(Act.CARD, Act.REFUND, Act.DISPUTE))
_OF_DOUBT = Guide(_UNKNOWN, 1, (Act.DISPUTE, Act.REFUND), END_OF_SHIFT, 1)
_OF_DISPUTE = Guide(_UNKNOWN, 2, (Act.SETTLE,), OFF_BOOK_H, 2)
_OF_LOST_PAYOUT = Guide((_LOOK_UP,), 0, (Act.PAY_OUT,), END_OF_SHIFT, 2)
_OF_GIVEN = Guide((_LOAD_DUE, _DUE_AGAIN), 0, (Act.CARD, Act.REFUND, Act.DISPUTE), MONEY_H, 4)
_GIVEN_UP = Guide((_END_GIVEN,), 0, (Act.PAY_OUT,), MONEY_H, 3)
_SALE, _RETURN, _WORK = "sale", "return", "work"

_INTENTS: Mapping[tuple[str, str], Guide] = {
    ("payment_question", _SALE): Guide((_ANSWER, _LOAD), 0, (Act.ANSWER,), END_OF_SHIFT, 1),
    ("payment_question", ""): Guide((_ANSWER,), 0, (Act.ANSWER,), END_OF_SHIFT, 1),
    ("outcome_unknown", _SALE): _OF_SALE,
    ("outcome_unknown", _RETURN): _OF_UNKNOWN,
    ("load_unfinished", _SALE): _OF_SALE,
    ("load_unfinished", _RETURN): _OF_UNKNOWN,
    ("paid_in_doubt", _SALE): _OF_DOUBT,
    ("card_not_as_left", _SALE): _OF_DOUBT,
    ("card_not_as_left", _RETURN): replace(_OF_DOUBT, now=(Act.DISPUTE,)),
    ("disputed", _SALE): _OF_DISPUTE,
    ("disputed", _RETURN): _OF_DISPUTE,
    ("paid_not_loaded", _SALE): Guide(_PAID, 0, (Act.CARD, Act.REFUND, Act.DISPUTE), MONEY_H, 4),
    ("refund_requested", _SALE): Guide(_PAID, 2, (Act.PAY_OUT,), MONEY_H, 3),
    ("given_not_loaded", _SALE): _OF_GIVEN,
    ("given_up_open", _SALE): _GIVEN_UP,
    ("given_up_open", _RETURN): _GIVEN_UP,
    ("return_requested", _RETURN): Guide(_OFFED, 0, (Act.CARD, Act.WITHDRAW), MONEY_H, 4),
    ("payout_pending", _RETURN): Guide(_OFFED, 1, (Act.PAY_OUT,), MONEY_H, 3),
    (IN_DOUBT, _SALE): _OF_LOST_PAYOUT,
    (IN_DOUBT, _RETURN): _OF_LOST_PAYOUT,
    ("card_work_open", _WORK): Guide((_WRITE_ON, _ASIDE), 0, (Act.CARD,), MONEY_H, 4),
    ("card_change_open", _WORK): Guide((_CHANGE_ON, _ASIDE), 0, (Act.CARD,), MONEY_H, 4),
    ("card_clearing_open", _WORK): Guide((_WIPE_ON, _ASIDE), 0, (Act.CARD,), MONEY_H, 5),
    ("tool_card_open", _WORK): Guide((_MAKE_TOOL, _TOOL_LOST), 0, (), MONEY_H, 5),
    ("tool_back_open", _WORK): Guide((_WIPE_TOOL, _TOOL_LOST), 0, (), MONEY_H, 5),
}
_BEGUN = Guide((_FIND,), 0, (Act.CARD,), MONEY_H, 4)
"""A sale before its money was asked for: its card, or the next start, ends it."""

_RESTORED = Guide((_REJOIN,), 0, (Act.REJOIN,), END_OF_SHIFT, 0)
_STOPPED = Guide((_CALL,), 0, (), END_OF_SHIFT, 0)

_LOOKED_AT = Guide((_BOOKED,), 0, (), OFF_BOOK_H, 8)
_ENTRIES: Mapping[str, Guide] = {
    "double_load": Guide((_READ, _BOOKED), 0, (Act.CARD,), MONEY_H, 7),
    "order_loaded_twice": Guide((_READ, _BOOKED), 0, (Act.CARD,), MONEY_H, 7),
    "false_seal": Guide((_FREED, _BOOKED), 0, (), MONEY_H, 7),
    "arrears_paid_before": Guide((_TELL,), 0, (), MONEY_H, 7),
    "counter_gap": Guide((_CHANNEL,), 0, (), OFF_BOOK_H, 8),
}

_BOOK_TOOL = GuideStep("book_tool", Who.TWO, Act.NONE, Proof.WITNESS)
_LOOK_METERS = GuideStep("look_at_meters", Who.TWO, Act.NONE, Proof.WITNESS)
_TOOL_TO_BOOK = Guide((_BOOK_TOOL,), 0, (), MONEY_H, 3)
_TOOL_IN_DOUBT = Guide((_LOOK_METERS, _BOOK_TOOL), 0, (), MONEY_H, 3)
_OVERDUE_TOOL = Guide((_FETCH_TOOL, _TOOL_LOST), 0, (), MONEY_H, 5)
_SIGN = GuideStep("sign_for_unknown", Who.CLERK, Act.NONE, Proof.SIGNATURE)
_CLOSED_ALONE = Guide((_SIGN,), 0, (), END_OF_SHIFT, 0)

_NEVER_CAME = GuideStep("cards_never_came", Who.TWO, Act.EXPLAIN, Proof.SECOND_APPROVAL)
_END_LIST = GuideStep("close_list", Who.CLERK, Act.CLOSE, Proof.DECISION)
_LEFT_LYING = Guide((_NEVER_CAME, _END_LIST), 0, (Act.EXPLAIN, Act.CLOSE), BAG_H, 6)
_RUN_BAG = GuideStep("run_bag", Who.CLERK, Act.CARD, Proof.CARD_READ)
_BAG_BACK = GuideStep("hand_bag_back", Who.CLERK, Act.HAND_OVER, Proof.SIGNATURE)
_FETCH_BAG = GuideStep("fetch_bag", Who.CLERK, Act.HAND_OVER, Proof.SIGNATURE)
_BAG = Guide((_COUNT, _EXPLAIN), 0, (Act.COUNT, Act.EXPLAIN), BAG_H, 5)
_PHOTO = GuideStep("photograph_paper", Who.CLERK, Act.PHOTOGRAPH, Proof.SIGNATURE)
_PAPER = Guide((_PHOTO,), 0, (Act.PHOTOGRAPH,), BAG_H, 6)
_BAGS: Mapping[str, Guide] = {
    LYING: _LEFT_LYING,
    UNPHOTOGRAPHED: _PAPER,
    OTHERWISE: _PAPER,
    LIES_HERE: Guide((_BAG_BACK, _END_LIST), 0, (Act.HAND_OVER,), BAG_H, 6),
    NOT_RUN: Guide((_RUN_BAG, _BAG_BACK), 0, (Act.CARD, Act.HAND_OVER), BAG_H, 6),
    WITH_TEAM: Guide((_FETCH_BAG, _EXPLAIN), 0, (Act.HAND_OVER, Act.EXPLAIN), BAG_H, 6),
    NOT_ENDED: Guide((_EXPLAIN, _END_LIST), 0, (Act.EXPLAIN, Act.CLOSE), BAG_H, 6),
    CLOSABLE: Guide((_END_LIST,), 0, (Act.CLOSE,), BAG_H, 7),
}
_HELD = Guide((_FREE, _GIVE), 0, (Act.RELEASE,), MONEY_H, 3)
_MONEY: Mapping[str, Guide] = {
    HELD: _HELD,
    PARTLY_HELD: replace(_HELD, now=(Act.RELEASE, Act.GIVE_BACK)),
    FREE: replace(_HELD, at=1, now=(Act.GIVE_BACK,)),
    IN_DOUBT: Guide((_FREE, _GIVE_IN_DOUBT), 1, (Act.GIVE_BACK,), MONEY_H, 3),
    PAYOUT_AGAIN: Guide((_PAY_AGAIN,), 0, (), END_OF_SHIFT, 2),
    CLOSING_IN_DOUBT: Guide((_CLOSE_AGAIN,), 0, (), END_OF_SHIFT, 2),
    ONE_IN_DOUBT: Guide((_GIVE_IN_DOUBT,), 0, (Act.GIVE_BACK,), END_OF_SHIFT, 2),
}
_ORDER = Guide((_CALL_HOME, _LOAD), 0, (Act.HOLD_ORDER, Act.CARD), ORDER_H, 6)
_ORDERS: Mapping[str, Guide] = {
    PASSED: Guide((_BIND, _LOAD), 0, (), MONEY_H, 6),
    NOT_ON_FILE: Guide((_ITS_DESK,), 0, (), ORDER_H, 6),
    "ours": replace(_ORDER, at=1, now=(Act.CARD,)),
    "elsewhere": Guide((_HELD_ELSEWHERE, _LOAD), 0, (), ORDER_H, 6),
}


def guide_of(kind: Kind, code: str, *, direction: str = "", state: str = "") -> Guide:
    """The guide of an open thing.

    Args:
        kind: What it is.
        code: Why it is open. Of verdicts, entries and lines a new one has a guide, too.
        direction: Of an intent, empty for a batch payment.
        state: Of an intent. Of a line: see `line_guide`. Of a bag: `COUNTED` or empty. Of money:
            `HELD`, `PARTLY_HELD`, `FREE`, `IN_DOUBT`, `ONE_IN_DOUBT`, `CLOSING_IN_DOUBT`,
            `PAYOUT_AGAIN`. Of an order: who holds it, `PASSED`, or `NOT_ON_FILE`.
    """
    if kind is Kind.INTENT:
        return _BEGUN if state == "quoted" else _INTENTS[code, direction]
    if kind is Kind.VERDICT:
        return _RESTORED if code in REJOINABLE else _STOPPED
    if kind is Kind.ENTRY:
        return _ENTRIES.get(code, _LOOKED_AT)
    if kind is Kind.SHIFT:
        return _CLOSED_ALONE
    if kind is Kind.TOOL:
        return {TO_BOOK: _TOOL_TO_BOOK, GAS_IN_DOUBT: _TOOL_IN_DOUBT}.get(code, _OVERDUE_TOOL)
    if kind is Kind.LINE:
        return line_guide(code, state)
    if code in _BAGS:
        return _BAGS[code]
    if kind is Kind.BAG:
        return replace(_BAG, at=1, now=(Act.EXPLAIN,)) if state == COUNTED else _BAG
    return _MONEY.get(state, _HELD) if kind is Kind.MONEY else _ORDERS.get(state, _ORDER)
