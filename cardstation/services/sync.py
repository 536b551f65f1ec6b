"""Sends the journal to the central ledger, stores its answers, and pulls paid orders."""

from __future__ import annotations

from contextlib import suppress

from cardstation.domain.ledger import GENESIS
from cardstation.errors import LedgerRefused, Refusal
from cardstation.ports.ledger import Ack, Ledger, LedgerHead
from cardstation.services.hear_of_bags import hear_of_bags
from cardstation.services.intent.granting import keep_grant
from cardstation.services.settle_elsewhere import settle_elsewhere
from cardstation.services.station import Station
from cardstation.services.sync_state import SyncState, sync_state
from cardstation.services.work import HOWEVER_LONG

BATCH = 100
PATIENCE_S = 0.5
"""How long a counter waits until it may speak with the ledger."""

REJOIN_BEGUN = "rejoin_begun"

FREEZING = frozenset(
    {
        "ledger_ahead",
        "ledger_epoch",
        "ledger_fork",
        "ledger_gap",
        "ledger_rewound",
        "rejoin_begun",
        "station_revoked",
        "station_suspended",
    }
)
"""Verdicts after which nothing may be sold until people have compared the records."""


def sync(station: Station, *, patience_s: float = HOWEVER_LONG) -> SyncState:
    """Handshake, push what is missing in batches of at most 100, store every ack, pull orders.

    Then what the ledger says of our seals is booked: loads that other desks finished, or own; and
    rows of open batches follow the orders that were bound anew, and their bags are shown as
    collected that a team's laptop collected.

    Safe to run at any time and to be cut at any point: an entry sent twice is answered with the
    same acknowledgement. A station speaks with the ledger once at a time, whoever begins.

    Args:
        station: The desk.
        patience_s: How long to wait while another of its hands speaks with the ledger.

    Raises:
        LedgerUnreachable: what was sent may have arrived; it is sent again next time. Also where
            patience ended: nothing was sent.
        LedgerRefused: `ledger_ahead` (this station was restored from a backup), `ledger_fork`
            (another history with our name: ours is handed over as evidence), `ledger_rewound` (it
            lost what it had confirmed, and has not asked for it, signed, to be sent again),
            `rejoin_begun` (go on with `rejoin`), `ledger_signature_bad` (somebody else answered:
            nothing is stored), `ledger_gap`, `ledger_epoch`, `station_suspended`, …; selling
            stops until a handshake agrees again.
        Refusal: `ledger_not_set`.
    """
    ledger = station.ledger
    if ledger is None:
        raise Refusal("ledger_not_set")
    with station.work.on_line(patience_s):
        _hear(station, ledger)
        _pull_orders(station, ledger)
        settle_elsewhere(station)
        _follow(station)
        hear_of_bags(station)
    return sync_state(station)


def be_heard(station: Station, *, patience_s: float = HOWEVER_LONG) -> int:
    """Only handshake and push: the ledger has everything then, whatever else it cannot answer.

    Args:
        station: The desk.
        patience_s: As of `sync`.

    Returns:
        When the ledger was asked, by the clock of this boot.

    Raises:
        LedgerUnreachable, LedgerRefused, Refusal: as `sync`.
    """
    if station.ledger is None:
        raise Refusal("ledger_not_set")
    with station.work.on_line(patience_s):
        return _hear(station, station.ledger)


def _hear(station: Station, ledger: Ledger) -> int:
    try:
        _ensure_no_rejoin(station)
        asked_ns = station.clock.monotonic_ns()
        head = ledger.head()
        _compare(station, head)
        _keep_grant(station, head, asked_ns)
        _push(station, ledger, head)
        _ensure_active(station, head)
    except LedgerRefused as error:
        if error.code in FREEZING:
            _judge(station, error.code)
        if error.code == "ledger_fork":
            _report_branch(station, ledger)
        raise
    _judge(station, "")
    return asked_ns


def _pull_orders(station: Station, ledger: Ledger) -> None:
    orders = ledger.orders()
    with station.store.unit() as unit:
        unit.orders.told(orders, station.clock.now(), station=station.name)
        unit.commit()


def _keep_grant(station: Station, head: LedgerHead, asked_ns: int) -> None:
    """Only a station whose records agree with the ledger takes a grant."""
    if head.grant is None:
        return
    with station.store.unit() as unit:
        keep_grant(station, unit, head, asked_ns)
        unit.commit()


def _follow(station: Station) -> None:
    # Imported here: rows are judged by what may itself ask the ledger.
    from cardstation.services.follow_orders import follow_orders

    follow_orders(station)


def _ensure_no_rejoin(station: Station) -> None:
    """A restored station that holds its entries again still needs its new epoch.

    Raises:
        LedgerRefused: `rejoin_begun`.
    """
    with station.store.reading() as reading:
        if reading.outbox.verdict() == REJOIN_BEGUN:
            raise LedgerRefused(REJOIN_BEGUN)


def _compare(station: Station, head: LedgerHead) -> None:
    """The ledger's last entry of this station must be in our journal, with the same hash."""
    with station.store.reading() as reading:
        ours = reading.journal.head()
        same = reading.journal.at(head.last_seq)
        acked_seq, _ = reading.outbox.acked()
    if head.epoch > ours.epoch:
        raise LedgerRefused("ledger_epoch", expected=head.epoch, ours=ours.epoch)
    if head.last_seq > ours.seq:
        raise LedgerRefused("ledger_ahead", ours=ours.seq, theirs=head.last_seq)
    known = GENESIS if same is None else same.hash
    if head.last_hash != known:
        raise LedgerRefused("ledger_fork", seq=head.last_seq)
    if head.last_seq < acked_seq:
        if not head.resend:
            raise LedgerRefused("ledger_rewound", ours=acked_seq, theirs=head.last_seq)
        _store(station, Ack(head.last_seq, head.last_hash, (), head.nonce, {}), rewound=True)


def _push(station: Station, ledger: Ledger, head: LedgerHead) -> None:
    """Send until every entry is confirmed, from the last ack on that was kept.

    What the ledger has and never told us goes again: the answer to a replay also brings the
    totals and the exceptions that were lost with the first one.

    Raises:
        LedgerRefused: `ledger_gap` also when it answers without confirming any entry just sent.
    """
    with station.store.reading() as reading:
        sent, _ = reading.outbox.acked()
    nonce = head.nonce
    while True:
        with station.store.reading() as reading:
            entries = reading.journal.since(sent, BATCH)
        if not entries:
            return
        ack = ledger.push([entry.raw for entry in entries], nonce)
        if ack.acked_seq <= sent:
            raise LedgerRefused("ledger_gap", expected_seq=ack.acked_seq + 1)
        _store(station, ack)
        sent, nonce = min(ack.acked_seq, entries[-1].seq), ack.nonce


def _ensure_active(station: Station, head: LedgerHead) -> None:
    """Where nothing was to be sent, nothing was refused either: the head says it then.

    Raises:
        LedgerRefused: `station_suspended`, `station_revoked`; over with the next active head.
    """
    if head.status != "active":
        raise LedgerRefused(f"station_{head.status}", station=station.name)


def _report_branch(station: Station, ledger: Ledger) -> None:
    """Hand over what this machine wrote since the last common word: evidence, booked nowhere.

    The ledger keeps what it does not have, and refuses each time.
    """
    with station.store.reading() as reading:
        sent, _ = reading.outbox.acked()
    while True:
        with station.store.reading() as reading:
            entries = reading.journal.since(sent, BATCH)
        if not entries:
            return
        with suppress(LedgerRefused):
            ledger.push([entry.raw for entry in entries], "")
        sent = entries[-1].seq


def _store(station: Station, ack: Ack, *, rewound: bool = False) -> None:
    """Keep an ack, if it is about our own entries, or says that the ledger has none of them.

    Args:
        station: The desk.
        ack: What the ledger said.
        rewound: It confirms less than before, and that is signed; see `Outbox.store`.

    Raises:
        LedgerRefused: `ledger_fork`.
    """
    with station.store.unit() as unit:
        entry = unit.journal.at(ack.acked_seq)
        ours = entry.hash if entry else GENESIS
        if (ack.acked_seq and not entry) or ours != ack.acked_hash:
            raise LedgerRefused("ledger_fork", seq=ack.acked_seq)
        unit.outbox.store(ack, station.clock.now(), rewound=rewound)
        unit.commit()


def _judge(station: Station, code: str) -> None:
    with station.store.unit() as unit:
        unit.outbox.judge(code, station.clock.now())
        unit.commit()
