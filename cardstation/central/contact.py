"""What a station says of itself when it asks: its program, and what it has not sent yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, text
from sqlalchemy.dialects.postgresql import insert

from cardstation.central.console.tables import station_states
from cardstation.central.engine import transaction

_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,30}")
_MOST_UNSENT = 10**12
_NO_MONEY = text("SET LOCAL synchronous_commit = local")
"""The next contact says it anew: no standby is waited for."""


@dataclass(frozen=True, slots=True)
class News:
    """Part of a signed request's address, so nobody else can say it.

    Attributes:
        unsent: Entries the ledger had not confirmed. oldest_at: When the first of them was made.
    """

    version: str
    unsent: int
    oldest_at: datetime | None


def news_of(query: Mapping[str, str]) -> News | None:
    """The news in a query, None when there are none or they are nonsense."""
    version, unsent = query.get("version", ""), query.get("unsent", "")
    if not (_VERSION.fullmatch(version) and unsent.isascii() and unsent.isdigit()):
        return None
    try:
        oldest = datetime.fromisoformat(query["oldest"]) if query.get("oldest") else None
    except ValueError:
        return None
    if oldest is not None and oldest.tzinfo is None:
        return None
    return News(version, min(int(unsent[:20]), _MOST_UNSENT), oldest)


def keeps_nothing_back(query: Mapping[str, str]) -> bool:
    """True when a station says that the ledger has confirmed all it did."""
    news = news_of(query)
    return news is not None and news.unsent == 0


def note_contact(engine: Engine, station: str, query: Mapping[str, str]) -> None:
    """Keep what a station said of itself, in place of what it said before."""
    news = news_of(query)
    if news is None:
        return
    said = {"version": news.version, "unsent": news.unsent, "oldest_at": news.oldest_at}
    made = insert(station_states).values(station=station, **said)
    with transaction(engine) as connection:
        connection.execute(_NO_MONEY)
        connection.execute(
            made.on_conflict_do_update(
                index_elements=["station"], set_={**said, "seen_at": func.clock_timestamp()}
            )
        )
