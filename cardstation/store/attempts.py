"""Attempts at a card's code, written down before the code is presented.

That one was accepted may be lost in a power cut where the chip counts its tries: it shows all of
them then, and what was cut short before that counts no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select

from cardstation.domain.topup import TopUp
from cardstation.sql.asked import Asked, adding
from cardstation.store.tables import code_attempt


class Attempt(StrEnum):
    """What is known about presenting a code; one followed by nothing was cut short."""

    PRESENTING = "presenting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHHELD = "withheld"


REFUSED_COUNTS = 100
"""A refused attempt is worth so many that were cut short: it is never made again by itself."""

_NOTE = adding(code_attempt)
_OF_CARD = Asked(
    select(code_attempt.c.event, code_attempt.c.tries_left)
    .where(
        code_attempt.c.maker == bindparam("maker"), code_attempt.c.card_no == bindparam("card_no")
    )
    .order_by(code_attempt.c.no.desc())
)
"""Asked for every card: made once."""
_OF_WORK = (
    select(code_attempt.c.event, code_attempt.c.tries_left)
    .where(code_attempt.c.topup_id == bindparam("topup_id"))
    .order_by(code_attempt.c.no.desc())
)


class Attempts:
    """Code attempts of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, intent: TopUp, event: Attempt, *, tries_left: int | None, at: datetime) -> None:
        """Log one step of an attempt."""
        _NOTE.write(
            self._connection,
            {
                "maker": intent.identity.maker,
                "card_no": intent.identity.card_no,
                "topup_id": intent.topup_id,
                "event": event.value,
                "tries_left": tries_left,
                "at": at,
            },
        )

    def last_of(self, topup_id: str) -> Attempt | None:
        """What a work on a card noted last of its code, None when nothing was."""
        found = self._connection.execute(_OF_WORK, {"topup_id": topup_id}).first()
        return None if found is None else Attempt(found[0])

    def torn(self, maker: str, card_no: str, every: int) -> int:
        """How many of the last attempts in a row were cut short; a refused one counts as many.

        Args:
            maker: Of the card.
            card_no: Of the card.
            every: Tries of its chip; an attempt begun with all of them ends the row: what was cut
                short before it had cost none.
        """
        return _torn(_OF_CARD.every(self._connection, maker=maker, card_no=card_no), every)

    def torn_of(self, topup_id: str, every: int) -> int:
        """The same of one work: a blank has no number, and a new work begins with another one."""
        return _torn(self._connection.execute(_OF_WORK, {"topup_id": topup_id}), every)


def _torn(rows: Iterable[Any], every: int) -> int:
    count = 0
    followed = ""
    for event, tries in rows:
        if event == Attempt.ACCEPTED:
            break
        if event == Attempt.PRESENTING and followed != Attempt.WITHHELD:
            count += REFUSED_COUNTS if followed == Attempt.REFUSED else 1
            if tries == every:
                break
        followed = event
    return count
