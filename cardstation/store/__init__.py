"""The station's own records: SQLite through SQLAlchemy Core, one writer, undo by default."""

from cardstation.store.store import Store
from cardstation.store.unit import Reading, Unit

__all__ = ["Reading", "Store", "Unit"]
