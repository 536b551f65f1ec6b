"""Every guide there is: of each state a thing can be left in, and each reason a row waits for."""

from __future__ import annotations

from cardstation.domain.exception_case import Guide, Kind
from cardstation.domain.guides import (
    CLOSABLE,
    CLOSING_IN_DOUBT,
    COUNTED,
    FREE,
    GAS_IN_DOUBT,
    HELD,
    IN_DOUBT,
    LIES_HERE,
    LYING,
    NOT_ENDED,
    NOT_ON_FILE,
    NOT_RUN,
    ONE_IN_DOUBT,
    OTHERWISE,
    PARTLY_HELD,
    PASSED,
    PAYOUT_AGAIN,
    TO_BOOK,
    UNPHOTOGRAPHED,
    WITH_TEAM,
    guide_of,
)
from cardstation.domain.line_guides import (
    BACK,
    COVERED,
    DESTROYED,
    FOUND_AGAIN,
    KEPT,
    KEPT_FOR,
    LOST,
    NO_DEBT,
    OWED,
    REFUSED,
    ROWS,
    SEEN,
    STOPS,
    STRAY,
)
from cardstation.domain.topup import Work
from cardstation.domain.transitions import FINAL, TABLES, Direction, TopUpState
from cardstation.sentences import suspense
from cardstation.services.intent.opened import code_of
from cardstation.services.intent.went_on import IN_DOUBT as WENT_ON
from cardstation.services.intent.went_on import NOT_AS_LEFT
from cardstation.services.orders_state import Holder
from cardstation.services.sync import FREEZING

_OF_BAGS = (LYING, UNPHOTOGRAPHED, OTHERWISE, LIES_HERE, NOT_RUN, WITH_TEAM, NOT_ENDED, CLOSABLE)


def every_intent() -> list[tuple[str, str, str]]:
    """Code, direction and state of everything a top-up or a return can be left in."""
    found = []
    for direction, table in TABLES.items():
        states = {state for state, _ in table} | set(table.values())
        open_ones = sorted(states - FINAL[direction])
        found += [(code_of(state, direction), direction.value, state.value) for state in open_ones]
    works = (Work.CLEAR, Work.CHANGE, Work.TOOL, Work.TOOL_BACK)
    found += [(code_of(TopUpState.ARMED, Direction.WORK, one), "work", "armed") for one in works]
    seen_ahead = [(WENT_ON, TopUpState.PAID), (NOT_AS_LEFT, TopUpState.NOT_LOADED)]
    found += [(code, "sale", state.value) for code, state in seen_ahead]
    lost = [(IN_DOUBT, "sale", "refund_requested"), (IN_DOUBT, "return", "payout_pending")]
    found += [("given_not_loaded", "sale", "not_loaded"), ("given_up_open", "return", "sealed")]
    found.append(("given_up_open", "sale", "refund_requested"))
    return [*found, *lost, ("payment_question", "", "asked")]


def every_guide() -> list[tuple[str, Guide]]:
    intents = [
        (
            f"{code} {direction} {state}",
            guide_of(Kind.INTENT, code, direction=direction, state=state),
        )
        for code, direction, state in every_intent()
    ]
    verdicts = [(code, guide_of(Kind.VERDICT, code)) for code in sorted(FREEZING)]
    entries = [(code, guide_of(Kind.ENTRY, code)) for code in (*suspense.TABLE, "quota_exceeded")]
    rows = [(code, guide_of(Kind.LINE, code)) for code in (*ROWS, "arrears", "new_reason")]
    stops = [(code, guide_of(Kind.LINE, code, state=SEEN)) for code in (*STOPS, "new_stop")]
    rows += [
        (f"arrears {at}", guide_of(Kind.LINE, "arrears", state=at)) for at in (COVERED, NO_DEBT)
    ]
    rows += [(at, guide_of(Kind.LINE, "card_not_in_batch", state=at)) for at in (BACK, STRAY)]
    rows += [(code, guide_of(Kind.LINE, code, state=KEPT)) for code in (*KEPT_FOR, "kept_new")]
    rows += [(at, guide_of(Kind.LINE, "load_on_lost_card", state=at)) for at in (LOST, DESTROYED)]
    rows.append((FOUND_AGAIN, guide_of(Kind.LINE, "load_made_good", state=FOUND_AGAIN)))
    rows += [(at, guide_of(Kind.LINE, "kept_refused", state=at)) for at in (REFUSED, OWED)]
    rest = [("bag", guide_of(Kind.BAG, "cards_not_explained", state=at)) for at in ("", COUNTED)]
    rest.append(("shift", guide_of(Kind.SHIFT, "unknown_to_sign")))
    rest += [
        (code, guide_of(Kind.TOOL, code)) for code in ("tool_card_overdue", TO_BOOK, GAS_IN_DOUBT)
    ]
    rest += [(code, guide_of(Kind.BAG, code)) for code in _OF_BAGS]
    rest += [
        (f"money {at}", guide_of(Kind.MONEY, "batch_money_open", state=at))
        for at in (HELD, PARTLY_HELD, FREE, IN_DOUBT, ONE_IN_DOUBT, CLOSING_IN_DOUBT, PAYOUT_AGAIN)
    ]
    holders = [*(one.value for one in Holder), PASSED, NOT_ON_FILE]
    rest += [(f"order {at}", guide_of(Kind.ORDER, "order_old", state=at)) for at in holders]
    return [*intents, *verdicts, *entries, *rows, *stops, *rest]
