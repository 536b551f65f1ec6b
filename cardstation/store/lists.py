"""What lists are read and judged by: column names learned per manager, and blocked cards."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Connection, Integer, Table, Text, bindparam, exists, func, select

from cardstation.sql.asked import Asked
from cardstation.store.households import households
from cardstation.store.tables import metadata

learned_column = Table(
    "learned_column",
    metadata,
    Column("manager", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("holds", Text, nullable=False),
)

blocked_card = Table(
    "blocked_card",
    metadata,
    Column("card_no", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default="0"),
)
"""`generation`: the card that was reported; one that took its place since is another."""


_BLOCKED = Asked(
    select(blocked_card.c.card_no).where(
        blocked_card.c.card_no == bindparam("card_no"),
        blocked_card.c.generation >= bindparam("generation"),
    )
)
_REPLACED = exists().where(
    households.c.card_no == blocked_card.c.card_no,
    households.c.generation > blocked_card.c.generation,
)
_GENERATIONS = select(households.c.card_no, func.max(households.c.generation)).group_by(
    households.c.card_no
)
"""Asked for every card: made once."""


class LearnedColumns:
    """Headings that a person explained, by the manager who writes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_manager(self, manager: str) -> dict[str, str]:
        """What each learned heading of a manager holds."""
        query = select(learned_column).where(learned_column.c.manager == manager)
        return {row.word: row.holds for row in self._connection.execute(query)}

    def learn(self, manager: str, words: Mapping[str, str]) -> None:
        """Keep headings of a manager; what was learned before of the same words is replaced."""
        for word, holds in words.items():
            key = (learned_column.c.manager == manager) & (learned_column.c.word == word)
            self._connection.execute(learned_column.delete().where(key))
            values = {"manager": manager, "word": word, "holds": holds}
            self._connection.execute(learned_column.insert(), values)

    def forget(self, manager: str) -> None:
        """Nothing of this manager is known any more."""
        self._connection.execute(learned_column.delete().where(learned_column.c.manager == manager))


class BlockedCards:
    """Cards that the utility reported lost, dead or misused."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self) -> dict[str, str]:
        """Reason by card number."""
        rows = self._connection.execute(select(blocked_card))
        return {row.card_no: row.reason for row in rows}

    def has(self, card_no: str, generation: int) -> bool:
        """Whether a card was reported; lists name its number, and mean the card of that day."""
        asked = {"card_no": card_no, "generation": generation}
        return _BLOCKED.first(self._connection, **asked) is not None

    def live(self) -> frozenset[str]:
        """Numbers of the reported cards in whose place there is no other."""
        return frozenset(self._connection.scalars(select(blocked_card.c.card_no).where(~_REPLACED)))

    def unblock(self, card_no: str) -> None:
        """A card is reported no more."""
        self._connection.execute(blocked_card.delete().where(blocked_card.c.card_no == card_no))

    def replace(self, reasons: Mapping[str, str]) -> None:
        """Put a whole new list in the place of the old one.

        A number that stood on the old one means the card that it meant there.
        """
        stood = select(blocked_card.c.card_no, blocked_card.c.generation)
        meant: dict[str, int] = {}
        for query in (_GENERATIONS, stood) if reasons else ():
            meant |= {row[0]: row[1] for row in self._connection.execute(query)}
        self._connection.execute(blocked_card.delete())
        rows = [
            {"card_no": card_no, "reason": said, "generation": meant.get(card_no, 0)}
            for card_no, said in reasons.items()
        ]
        if rows:
            self._connection.execute(blocked_card.insert(), rows)
