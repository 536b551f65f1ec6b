"""Takes a new station into the books, once, with a code that somebody at the centre gave out."""

from __future__ import annotations

import math
import secrets
import threading
import time

from sqlalchemy import Connection, Engine, insert, select, update

from cardstation.central.console.audit import record_act
from cardstation.central.console.station_code import code_used
from cardstation.central.console.tables import COMMAND_LINE
from cardstation.central.engine import transaction
from cardstation.central.heads import Head, head_from, new_nonce
from cardstation.central.tables import stations
from cardstation.domain.ledger import GENESIS
from cardstation.errors import LedgerRefused

FIRST_EPOCH = 1
CODE_VALID_S = 600.0


class EnrolmentCodes:
    """Codes that each enrol one station.

    Args:
        codes: Valid ones.
        valid_s: For how long.
    """

    def __init__(self, *codes: str, valid_s: float = math.inf) -> None:
        self._codes = list(codes)
        self._until = time.monotonic() + valid_s
        self._lock = threading.Lock()

    def use(self, code: str) -> None:
        """Use a code up.

        Raises:
            LedgerRefused: `enrolment_code_bad`.
        """
        with self._lock:
            for place, valid in enumerate(self._codes):
                good = secrets.compare_digest(valid.encode(), code.encode())
                if good and time.monotonic() < self._until:
                    del self._codes[place]
                    return
        raise LedgerRefused("enrolment_code_bad")


def enrol(
    engine: Engine, station: str, public_key: bytes, code: str, codes: EnrolmentCodes
) -> Head:
    """Enrol a station, or answer one that is enrolled with this key already.

    A code that two persons gave out for this very station also gives it a new key when it has
    lost its own; what it had sent stays, and it comes back as a restored one does.

    Raises:
        LedgerRefused: `enrolment_code_bad`, `station_enrolled` (with another key).
    """
    with transaction(engine) as connection:
        row = connection.execute(
            select(stations).where(stations.c.station == station).with_for_update()
        ).one_or_none()
        if row is not None and row.status != "centre" and public_key:
            if row.public_key == public_key:
                return head_from(row)
            if code_used(connection, station, code):
                return _new_key(connection, station, public_key)
        if row is not None:
            raise LedgerRefused("station_enrolled", station=station)
        if not code_used(connection, station, code):
            codes.use(code)
            record_act(connection, COMMAND_LINE, "station_enrolled", station)
        made = insert(stations).values(
            station=station,
            epoch=FIRST_EPOCH,
            public_key=public_key,
            status="active",
            last_seq=0,
            last_hash=bytes.fromhex(GENESIS),
            nonce=new_nonce(),
        )
        return head_from(connection.execute(made.returning(*stations.c)).one())


def _new_key(connection: Connection, station: str, public_key: bytes) -> Head:
    made = (
        update(stations)
        .where(stations.c.station == station)
        .values(public_key=public_key, status="active", nonce=new_nonce())
    )
    return head_from(connection.execute(made.returning(*stations.c)).one())
