"""The ledger takes each fact exactly once, whatever the network does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from cardstation.central.api import Service, build
from cardstation.central.batch import MOST_ENTRIES
from cardstation.central.books import totals
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.central.tables import branches, journal, stations
from cardstation.domain.ledger import Entry
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.ports.ledger import Ack, LedgerException
from cardstation.sync.http_ledger import HttpLedger
from cardstation.sync.trust import trusted
from tests.kit.facts import Chain
from tests.kit.postgres import ADMIN, CENTRE_KEY, Centre, TestKey, served

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

PAUSE = Event()


class Losing(httpx.BaseTransport):
    """Delivers requests and loses answers, or delivers each request twice."""

    def __init__(self) -> None:
        self.lose = False
        self.double = False
        self._wire = httpx.HTTPTransport(verify=trusted())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._wire.handle_request(request)
        answer.read()
        if self.double:
            answer = self._wire.handle_request(request)
        if self.lose:
            raise httpx.ReadError("the answer was lost")
        return answer

    def close(self) -> None:
        self._wire.close()


def entries_in(centre: Centre) -> int:
    with centre.books.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(journal)) or 0


def refused(ledger: HttpLedger, entries: list[bytes], nonce: str = "") -> LedgerRefused:
    with pytest.raises(LedgerRefused) as caught:
        ledger.push(entries, nonce or ledger.head().nonce)
    return caught.value


def test_a_batch_is_posted_and_acknowledged(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale(fen=3_000)
    head = ledger.head()
    assert (head.epoch, head.last_seq) == (1, 0)
    ack = ledger.push(chain.written, head.nonce)
    assert (ack.acked_seq, ack.acked_hash, ack.exceptions) == (3, chain.last_hash, ())
    assert ack.totals == {"gas_sold": -3_000, "tender": 3_000}
    assert ledger.head().nonce == ack.nonce != head.nonce


def test_what_is_left_of_a_lump_sum_goes_back_in_the_books_too(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    lump = {"batch": "2026-11-24-01", "tender": "cash"}
    written = [
        chain.add("received", fen=15_000, **lump),
        chain.add("released", fen=10_000, batch="2026-11-24-01"),
        chain.add("given_back", fen=4_000, **lump),
    ]
    ack = ledger.push(written, ledger.head().nonce)
    assert (ack.acked_seq, ack.exceptions) == (3, ())
    assert ack.totals == {"tender": 11_000, "unallocated": -11_000}


def test_the_same_batch_again_gets_the_same_answer(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale()
    nonce = ledger.head().nonce
    first = ledger.push(chain.written, nonce)
    assert ledger.push(chain.written, nonce) == first
    assert ledger.push(chain.written, first.nonce) == first
    assert entries_in(centre) == 3


def test_a_lost_answer_is_sent_again_and_posted_once(centre: Centre) -> None:
    key, wire = TestKey(), Losing()
    centre.station(key=key)
    ledger = centre.line(key=key, transport=wire)
    chain = Chain()
    chain.sale()
    nonce = ledger.head().nonce
    wire.lose = True
    with pytest.raises(LedgerUnreachable):
        ledger.push(chain.written, nonce)
    with pytest.raises(LedgerUnreachable):
        ledger.push(chain.written, nonce)
    wire.lose = False
    assert ledger.head().last_seq == 3
    chain.sale(2)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert ack.acked_seq == 6
    assert ack.totals["gas_sold"] == -6_000
    assert entries_in(centre) == 6


def test_a_request_delivered_twice_is_posted_once(centre: Centre) -> None:
    key, wire = TestKey(), Losing()
    centre.station(key=key)
    ledger = centre.line(key=key, transport=wire)
    wire.double = True
    chain = Chain()
    nonce = ledger.head().nonce
    for household in range(3):
        ack = ledger.push(chain.sale(household), nonce)
        nonce = ack.nonce
    assert ack.totals == {"gas_sold": -9_000, "tender": 9_000}
    assert entries_in(centre) == 9


def test_batches_out_of_order_are_refused_until_the_gap_is_filled(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    first, second = chain.sale(1), chain.sale(2)
    gap = refused(ledger, second)
    assert (gap.code, gap.values) == ("ledger_gap", {"expected_seq": 1})
    ledger.push(first, ledger.head().nonce)
    ledger.push(second, ledger.head().nonce)
    late = ledger.push(first, ledger.head().nonce)
    assert late.acked_seq == 6
    assert entries_in(centre) == 6


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_a_batch_that_overlaps_posts_only_what_is_new(centre: Centre, cut: int) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale(1)
    chain.sale(2)
    ledger.push(chain.written[:cut], ledger.head().nonce)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert (ack.acked_seq, ack.acked_hash) == (6, chain.last_hash)
    assert ack.totals == {"gas_sold": -6_000, "tender": 6_000}


def test_many_connections_pushing_the_same_post_it_once(centre: Centre) -> None:
    key = TestKey()
    nonce = centre.station(key=key).head().nonce
    lines = [centre.line(key=key) for _ in range(8)]
    chain = Chain()
    chain.sale(1)
    chain.sale(2)

    def push(at: int) -> Ack:
        return lines[at].push(chain.written, nonce)

    with ThreadPoolExecutor(8) as pool:
        acks = list(pool.map(push, range(8)))
    assert all(ack == acks[0] for ack in acks)
    assert entries_in(centre) == 6


def test_two_machines_of_one_name_at_once_are_a_fork(centre: Centre) -> None:
    """Both are on their way when the journal opens: one is taken, the other one is told.

    Each asks another process of the service; within one, the second waits for its turn.
    """
    key = TestKey()
    nonce = centre.station(key=key).head().nonce
    app = build(Service(centre.books.engine, EnrolmentCodes(), ADMIN, CENTRE_KEY))
    beside = Centre(centre.opened.enter_context(served(app)), centre.books, centre.opened)
    lines = [one.line(key=key) for one in (centre, beside)]

    def push(at: int) -> str:
        try:
            lines[at].push(Chain().sale(at), nonce)
        except (LedgerRefused, LedgerUnreachable) as error:
            return error.code
        return "taken"

    with ThreadPoolExecutor(2) as pool, centre.books.owner.connect() as owner:
        owner.execute(text("LOCK TABLE journal IN SHARE MODE"))
        pushed = [pool.submit(push, at) for at in range(2)]
        waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        until = monotonic() + 10
        while owner.scalar(waiting) < 2 and monotonic() < until:
            PAUSE.wait(0.01)
        owner.rollback()
        told = sorted(one.result(10) for one in pushed)
    assert told == ["ledger_fork", "taken"]
    assert entries_in(centre) == 3


def test_what_is_stored_is_what_was_sent(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.add("received", tender="cash", batch="锦绣花园 3 号楼", fen=1, clerk='引"号\\\t')
    ledger.push(chain.written, ledger.head().nonce)
    with centre.books.engine.connect() as connection:
        assert connection.scalar(select(journal.c.raw)) == chain.written[0]


def test_a_fork_suspends_the_station_and_keeps_both_branches(centre: Centre) -> None:
    ledger = centre.station()
    chain, clone = Chain(), Chain()
    chain.sale(1)
    clone.sale(2)
    clone.sale(3)
    ledger.push(chain.written, ledger.head().nonce)
    assert refused(ledger, clone.written).code == "ledger_fork"
    later = chain.sale(4)
    assert refused(ledger, chain.written).code == "station_suspended"
    assert refused(ledger, chain.written).code == "station_suspended"
    with pytest.raises(LedgerRefused, match="station_suspended"):
        ledger.orders()
    assert ledger.head().last_seq == 3
    with centre.books.engine.connect() as connection:
        kept = set(connection.scalars(select(branches.c.raw)))
    assert kept == {*clone.written, *later}
    claimed = totals(centre.books.engine).branches
    assert claimed == {"S001": {"entries": 9, "gas_sold": -9_000, "tender": 9_000, "unloaded": 0}}


def test_a_first_new_entry_that_follows_another_is_a_fork(centre: Centre) -> None:
    ledger = centre.station()
    chain, clone = Chain(), Chain()
    chain.sale(1)
    clone.sale(2)
    ledger.push(chain.written, ledger.head().nonce)
    assert refused(ledger, clone.sale(3)).code == "ledger_fork"


def test_an_old_or_invented_nonce_posts_nothing(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    nonce = ledger.head().nonce
    ledger.push(chain.sale(1), nonce)
    assert refused(ledger, chain.sale(2), nonce).code == "nonce_stale"
    assert entries_in(centre) == 3


def test_another_key_another_station_another_epoch(centre: Centre) -> None:
    ledger = centre.station()
    nonce = ledger.head().nonce
    chain = Chain()
    chain.sale()
    assert refused(centre.line(), chain.written, nonce).code == "signature_bad"
    assert refused(centre.line("S009"), chain.written, nonce).code == "station_unknown"
    assert refused(centre.station("S002"), chain.written).code == "other_station"
    later = Chain(epoch=2)
    epoch = refused(ledger, later.sale())
    assert (epoch.code, epoch.values) == ("ledger_epoch", {"expected": 1})


def test_a_revoked_station_posts_nothing(centre: Centre) -> None:
    ledger = centre.station()
    with centre.books.owner.begin() as connection:
        connection.execute(stations.update().values(status="revoked"))
    assert refused(ledger, Chain().sale()).code == "station_revoked"


def test_a_broken_chain_posts_nothing(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale()
    assert refused(ledger, [chain.written[0], chain.written[2]]).code == "chain_broken"
    forged = replace(Entry.from_bytes(chain.written[1]), fen=1).to_bytes()
    broken = refused(ledger, [chain.written[0], forged, chain.written[2]])
    assert (broken.code, broken.values) == ("chain_broken", {"seq": 3})
    assert entries_in(centre) == 0


def test_an_entry_id_is_booked_once_and_the_chain_goes_on(centre: Centre) -> None:
    first, second = centre.station("S001"), centre.station("S002")
    chain, other = Chain("S001"), Chain("S002")
    chain.sale()
    first.push(chain.written, first.head().nonce)
    taken = Entry.from_bytes(chain.written[0]).entry_id
    other.add("paid", tender="cash", account_no="1", fen=700, entry_id=taken)
    same = "01936c00-0000-7000-8000-000000000001"
    other.add("armed", entry_id=same)
    other.add("armed", entry_id=same)
    other.sale(2)
    ack = second.push(other.written, second.head().nonce)
    assert ack.acked_seq == 6
    assert [(one.seq, one.code) for one in ack.exceptions] == [
        (1, "entry_id_reused"),
        (3, "entry_id_reused"),
    ]
    assert ack.totals == {"gas_sold": -3_000, "tender": 3_000}
    assert second.push(other.written, second.head().nonce) == ack
    assert second.entries_after(0) == tuple(other.written)


def test_sizes(centre: Centre) -> None:
    ledger = centre.station()
    assert refused(ledger, []).code == "batch_empty"
    chain = Chain()
    for _ in range(MOST_ENTRIES + 1):
        chain.add("armed")
    assert refused(ledger, chain.written).code == "batch_too_large"
    assert refused(ledger, [b"x" * 4_000_000]).code == "batch_too_large"
    ack = ledger.push(chain.written[:MOST_ENTRIES], ledger.head().nonce)
    assert ack.acked_seq == MOST_ENTRIES


@pytest.mark.parametrize(
    "facts",
    [
        {"entry_id": "not-a-uuid"},
        {"entry_id": "{01936c00-0000-7000-8000-000000000001}"},
        {"entry_id": "01936C00-0000-7000-8000-00000000000A"},
        {"fen": 2**63},
        {"fen": 10**12 + 1},
        {"generation": 2**63},
        {"account_no": "nul\0"},
        {"account_no": "half"},
        {"card_no": "长" * 200},
    ],
    ids=ascii,
)
def test_what_cannot_be_stored_is_kept_and_the_chain_goes_on(
    centre: Centre, facts: dict[str, Any]
) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale(1)
    raw = chain.draft("paid", **{"tender": "cash", "fen": 900, **facts})
    chain.put(raw.replace(b"half", b"half\\ud800"))
    chain.sale(2)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert (ack.acked_seq, ack.acked_hash) == (7, chain.last_hash)
    assert ack.exceptions == (LedgerException(4, "entry_unreadable"),)
    assert ack.totals == {"gas_sold": -6_000, "tender": 6_000}
    assert ledger.entries_after(0) == tuple(chain.written)
    assert ledger.push(chain.written, ledger.head().nonce) == ack


@pytest.mark.parametrize(
    "junk",
    [b"", b"\xff\xfe", b"[" * 100_000, b"7", b'{"station":"S001"}', b'{"seq":"x"}'],
    ids=lambda junk: ascii(junk[:12]),
)
@pytest.mark.parametrize("at", [0, 2, 4])
def test_bytes_nobody_can_read_keep_their_place(centre: Centre, junk: bytes, at: int) -> None:
    """First, in the middle, last: alone in its batch, or among others."""
    ledger = centre.station()
    chain = Chain()
    for place in range(5):
        chain.put(junk) if place == at else chain.add("paid", tender="cash", account_no="1", fen=1)
    whole = centre.station("S002")
    other = Chain("S002")
    for place in range(5):
        other.put(junk) if place == at else other.add("armed")
    nonce = ledger.head().nonce
    for raw in chain.written:
        ack = ledger.push([raw], nonce)
        assert ledger.push([raw], nonce) == ack
        nonce = ack.nonce
    assert (ack.acked_seq, ack.acked_hash) == (5, chain.last_hash)
    assert ack.totals == {"tender": 4, "unloaded": -4}
    ack = whole.push(other.written, whole.head().nonce)
    assert ack.exceptions == (LedgerException(at + 1, "entry_unreadable"),)
    assert whole.push(other.written, ack.nonce) == ack


def test_an_entry_of_a_later_version_keeps_its_place_by_what_it_says(centre: Centre) -> None:
    """It is no entry we know, yet a gap or a fork before it is seen."""
    ledger = centre.station()
    chain = Chain()
    first = chain.add("armed")
    later = chain.put(chain.draft("armed").replace(b'"kind":"armed"', b'"kind":"lent"'))
    assert refused(ledger, [later]).code == "ledger_gap"
    ack = ledger.push([first, later], ledger.head().nonce)
    assert ack.exceptions == (LedgerException(2, "entry_unreadable"),)
    clone = Chain(seq=2, last_hash="ab" * 32)
    other = clone.put(clone.draft("armed").replace(b'"kind":"armed"', b'"kind":"lent"'))
    assert refused(ledger, [other]).code == "ledger_fork"
