"""What this desk's tool cards were given out for, and what came back: facts, only added to."""

from __future__ import annotations

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, select

from cardstation.domain.tool_book import ToolBack, ToolFact, ToolGiven, ToolLost, ToolSettled
from cardstation.store.frozen import freeze, thaw_any
from cardstation.store.tables import metadata

tool_fact = Table(
    "tool_fact",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("tool_no", Text, nullable=False, index=True),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

APPEND_ONLY: tuple[Table, ...] = (tool_fact,)


class ToolCards:
    """The tool cards of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, fact: ToolFact, *, seq: int) -> None:
        """Store a fact, with its place in the journal."""
        values = {"tool_no": fact.tool_no, "frozen": freeze(fact), "seq": seq}
        self._connection.execute(tool_fact.insert(), values)

    def given(self, tool_no: str) -> ToolGiven | None:
        """What a card was given out as, None where this desk gave no such card."""
        found = [one for _, one in self.facts(tool_no) if isinstance(one, ToolGiven)]
        return found[0] if found else None

    def count(self) -> int:
        """How many cards were ever given out: the last running number."""
        return sum(isinstance(one, ToolGiven) for _, one in self.facts())

    def facts(self, tool_no: str = "") -> tuple[tuple[int, ToolFact], ...]:
        """Every fact, of one card or of all, with the place of each in the journal."""
        query = select(tool_fact).order_by(tool_fact.c.no)
        if tool_no:
            query = query.where(tool_fact.c.tool_no == tool_no)
        return tuple((row.seq, thaw_fact(row.frozen)) for row in self._connection.execute(query))


def thaw_fact(frozen: str) -> ToolFact:
    """A fact as an entry carries it."""
    found: ToolFact = thaw_any(ToolGiven | ToolBack | ToolLost | ToolSettled, frozen)
    return found
