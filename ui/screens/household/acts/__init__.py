"""The services of a household: a new one is one file and one line here (see `kind`)."""

from __future__ import annotations

from ui.screens.household.acts.accounts import CLOSE, CLOSE_LOST, RESTART, STOP, TRANSFER
from ui.screens.household.acts.balances import DEPOSIT, PAY_BALANCE, REVERSE
from ui.screens.household.acts.called_off import CALL_OFF
from ui.screens.household.acts.cards import CLEAR, GIVE_UP, ISSUE, LAY_ASIDE, RETURN
from ui.screens.household.acts.charges import ARREARS, FEE, OVER_USE, OVER_USE_LARGE, PUT_OFF
from ui.screens.household.acts.given import EMERGENCY, LOAD_DUE, MAKE_UP, REPEAT, WITHDRAW
from ui.screens.household.acts.kind import Act
from ui.screens.household.acts.lost import CANCEL_REISSUE, REISSUE, UNBLOCK
from ui.screens.household.acts.meter import CANCEL, CARD, CHANGE
from ui.screens.household.acts.papers import REPRINT
from ui.screens.household.acts.tool_book import SETTLE_TOOL, TOOLS_OUT
from ui.screens.household.acts.tools import LOSE_TOOL, MAKE_TOOL, TAKE_BACK_TOOL

ACTS: tuple[Act, ...] = (
    ISSUE,
    CLEAR,
    LAY_ASIDE,
    GIVE_UP,
    REISSUE,
    CANCEL_REISSUE,
    UNBLOCK,
    RETURN,
    MAKE_UP,
    REPEAT,
    LOAD_DUE,
    WITHDRAW,
    EMERGENCY,
    CHANGE,
    CARD,
    CANCEL,
    STOP,
    RESTART,
    TRANSFER,
    CLOSE,
    CLOSE_LOST,
    *(OVER_USE, PUT_OFF, FEE, ARREARS, DEPOSIT, PAY_BALANCE, REVERSE, OVER_USE_LARGE, CALL_OFF),
    REPRINT,
    MAKE_TOOL,
    TAKE_BACK_TOOL,
    LOSE_TOOL,
    SETTLE_TOOL,
    TOOLS_OUT,
)
