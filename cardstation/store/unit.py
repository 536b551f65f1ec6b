"""Units of work: everything in one durable commit, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cardstation.errors import Mishap
from cardstation.store.account_changes import AccountChanges
from cardstation.store.arrears import Arrears
from cardstation.store.attempts import Attempts
from cardstation.store.batches import Batches, Kept
from cardstation.store.charges import Charges
from cardstation.store.closings import Closings
from cardstation.store.feeds import Feeds
from cardstation.store.funds import Funds
from cardstation.store.gas_dues import GasDues
from cardstation.store.grants import Grants
from cardstation.store.households import Households
from cardstation.store.journal import Journal
from cardstation.store.lists import BlockedCards, LearnedColumns
from cardstation.store.lump_sums import LumpSums
from cardstation.store.orders import Orders
from cardstation.store.outbox import Outbox
from cardstation.store.payouts import Payouts
from cardstation.store.readings import Readings
from cardstation.store.receipts import Numbers, Receipts
from cardstation.store.shifts import Shifts
from cardstation.store.steps import Steps
from cardstation.store.tariffs import Tariffs
from cardstation.store.tool_cards import ToolCards
from cardstation.store.topups import TopUps

_FULL = "SQLITE_FULL"
_OF_THE_DISK = ("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY")


class Reading:
    """One consistent look at the store."""

    def __init__(self, connection: Connection, kept: Kept | None = None) -> None:
        self._connection = connection
        self.households = Households(connection)
        self.tariffs = Tariffs(connection)
        self.batches = Batches(connection, {} if kept is None else kept)
        self.orders = Orders(connection)
        self.receipts = Receipts(connection)
        self.numbers = Numbers(connection)
        self.funds = Funds(connection)
        self.outbox = Outbox(connection)
        self.attempts = Attempts(connection)
        self.steps = Steps(connection)
        self.lump_sums = LumpSums(connection)
        self.payouts = Payouts(connection)
        self.arrears = Arrears(connection)
        self.charges = Charges(connection)
        self.learned = LearnedColumns(connection)
        self.blocked = BlockedCards(connection)
        self.readings = Readings(connection)
        self.feeds = Feeds(connection)
        self.grants = Grants(connection)
        self.tool_cards = ToolCards(connection)
        self.account_changes = AccountChanges(connection)
        self.closings = Closings(connection)
        self.gas_dues = GasDues(connection)
        self._look()

    def _look(self) -> None:
        """These remember what they found within one look, and what they wrote themselves."""
        self.journal = Journal(self._connection)
        self.shifts = Shifts(self._connection)
        self.topups = TopUps(self._connection, self.journal, self.shifts)


class Unit(Reading):
    """One step's writes; undone unless committed. Never held across a card, a human or a net."""

    def commit(self) -> None:
        """Make everything durable: returns after the log was synced to the disk."""
        self._connection.commit()
        self._look()


@contextmanager
def told_when_not_written() -> Iterator[None]:
    """What the disk does to a unit of work, as an error of the product.

    The unit is undone here. Whether a commit that failed is on the disk all the same is seen when
    the store is opened again, and recovery looks at it as after any cut.

    Raises:
        Mishap: `store_full`, `store_not_written`.
    """
    try:
        yield
    except OperationalError as error:
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        if name == _FULL:
            raise Mishap("store_full") from error
        if name.startswith(_OF_THE_DISK):
            raise Mishap("store_not_written") from error
        raise
