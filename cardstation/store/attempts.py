"""Attempts at a card's code, written down before the code is presented.

That one was accepted may be lost in a power cut where the chip counts its tries: it shows all of
them then, and what was cut short before that counts no more.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from cardstation.domain.topup import TopUp
from cardstation.store.tables import code_attempt


class Attempt(StrEnum):
    """What is known about presenting a code; one followed by nothing was cut short."""

    PRESENTING = "presenting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHHELD = "withheld"


_NOTE = code_attempt.insert()
_OF_CARD = (
    select(code_attempt.c.event, code_attempt.c.tries_left)
    .where(
        code_attempt.c.maker == bindparam("maker"), code_attempt.c.card_no == bindparam("card_no")
    )
    .order_by(code_attempt.c.no.desc())
)
"""Asked for every card: made once."""


class Attempts:
    """Code attempts of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, intent: TopUp, event: Attempt, *, tries_left: int | None, at: datetime) -> None:
        """Log one step of an attempt."""
        self._connection.execute(
            _NOTE,
            {
                "maker": intent.identity.maker,
                "card_no": intent.identity.card_no,
                "topup_id": intent.topup_id,
                "event": event.value,
                "tries_left": tries_left,
                "at": at,
            },
        )

    def torn(self, maker: str, card_no: str, every: int) -> int:
        """How many of the last attempts in a row were cut short; a refused one counts as many.

        Args:
            maker: Of the card.
            card_no: Of the card.
            every: Tries of its chip; an attempt begun with all of them ends the row: what was cut
                short before it had cost none.
        """
        count = 0
        followed = ""
        for event, tries in self._connection.execute(
            _OF_CARD, {"maker": maker, "card_no": card_no}
        ):
            if event == Attempt.ACCEPTED:
                break
            if event == Attempt.PRESENTING and followed != Attempt.WITHHELD:
                count += 2 if followed == Attempt.REFUSED else 1
                if tries == every:
                    break
            followed = event
        return count
