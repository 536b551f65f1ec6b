"""How a top-up begins and moves on: its row, and a row of the append-only log for every move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from cardstation.domain.card import WritePlan
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpEvent, advance
from cardstation.errors import Refusal, ensure
from cardstation.sql.asked import adding
from cardstation.store.high_water import us
from cardstation.store.tables import topup, topup_log
from cardstation.store.topup_rows import to_row

_ADD = adding(topup)
LOG = adding(topup_log)
"""Asked for every card: made once."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by whom a state changed; `clerk` holds where nobody is on duty in a shift."""

    at: datetime
    clerk: str
    approver: str = ""


class Beginning:
    """A new top-up that moves on in the commit it begins in: its row is written once, as it ends.

    Every move has its row in the log all the same. Made by `TopUps.begin`.
    """

    def __init__(self, connection: Connection, intent: TopUp, mark: int, on_duty: str) -> None:
        self._connection = connection
        self._intent = intent
        self._mark, self._on_duty = mark, on_duty
        self._log: list[dict[str, Any]] = []

    def note(
        self, event: TopUpEvent | None, stamp: Stamp, *, seq: int | None = None, reason: str = ""
    ) -> None:
        """Keep the row of the log for the state it is in now."""
        mark, clerk = self._mark, self._on_duty
        row = log_row(self._intent, event, stamp, seq=seq, reason=reason, mark=mark, clerk=clerk)
        self._mark = row["high_water_us"]
        self._log.append(row)

    def move(
        self,
        intent: TopUp,
        event: TopUpEvent,
        stamp: Stamp,
        *,
        seq: int | None = None,
        plan: WritePlan | None = None,
        **frozen: Any,
    ) -> TopUp:
        """As `TopUps.move`, of this top-up."""
        stands = (self._intent.topup_id, self._intent.state)
        ensure((intent.topup_id, intent.state) == stands, "the top-up stands where it was left")
        self._intent = moved_on(intent, event, stamp, plan, frozen)
        self.note(event, stamp, seq=seq)
        return self._intent

    def store(self) -> None:
        """Write the top-up and its log.

        Raises:
            Refusal: `card_already_begun`: one is open on this card, its line or its order.
        """
        try:
            _ADD.write(self._connection, to_row(self._intent))
        except IntegrityError as error:
            raise Refusal("card_already_begun", card_no=self._intent.identity.card_no) from error
        for row in self._log:
            LOG.write(self._connection, row)


def moved_on(
    intent: TopUp,
    event: TopUpEvent,
    stamp: Stamp,
    plan: WritePlan | None,
    frozen: dict[str, Any],
) -> TopUp:
    """A top-up after a move of the table; an illegal one is a defect."""
    state = advance(intent.direction, intent.state, event, approver=stamp.approver)
    return replace(intent, state=state, plan=plan or intent.plan, **frozen)


def log_row(
    moved: TopUp,
    event: TopUpEvent | None,
    stamp: Stamp,
    *,
    seq: int | None,
    reason: str,
    mark: int,
    clerk: str,
) -> dict[str, Any]:
    """The row of the log for the state a top-up is in now.

    Args:
        moved: The top-up as it stands.
        event: What brought it there, None where it began.
        stamp: When and by whom.
        seq: The entry of the same commit.
        reason: A code.
        mark: The latest wall time on record, microseconds since 1970.
        clerk: On duty in a shift, empty where none is open.
    """
    return {
        "topup_id": moved.topup_id,
        "event": event,
        "state": moved.state,
        "seq": seq,
        "reason": reason,
        "clerk": clerk or stamp.clerk,
        "approver": stamp.approver,
        "at": stamp.at,
        "high_water_us": max(us(stamp.at), mark),
    }
