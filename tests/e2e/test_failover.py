"""A second machine takes over: what was confirmed is there; a control that does not wait loses.

One leader is killed while its standby has not heard of the last push, which is what tells a
synchronous cluster from another. A whole cluster under five faults: `./dev ha`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from cardstation.central import proving
from cardstation.central.api import Service, build
from cardstation.central.engine import open_engine
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.errors import LedgerUnreachable, Mishap
from tests.kit.facts import Chain
from tests.kit.postgres import ADMIN, CENTRE_KEY, CODES, Books, Centre, served
from tests.kit.proven import not_proven
from tests.kit.standby import Member, dsn_of, wait_until

pytestmark = pytest.mark.postgres

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture
def members() -> Iterator[list[Member]]:
    """Three servers: the first leads, the second follows it, the third is not there yet."""
    # The system's own folder: a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="cs-two-", dir="/tmp"))
    every: list[Member] = []
    try:
        try:
            every += [Member(folder / str(number)) for number in range(3)]
            every[0].become_first()
        except Mishap as missing:
            not_proven(f"no PostgreSQL here: {missing}")
        every[0].start()
        every[1].follow(every[0])
        every[1].start()
        yield every
    finally:
        for member in every:
            member.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def centre_over(*members: Member) -> Iterator[Centre]:
    """The service over whichever of some servers leads."""
    dsn = dsn_of(*members)
    engine = open_engine(dsn)
    app = build(Service(engine, EnrolmentCodes(*CODES), ADMIN, CENTRE_KEY))
    try:
        with served(app) as url, ExitStack() as opened:
            yield Centre(url, Books(engine, engine, dsn), opened)
    finally:
        engine.dispose()


def test_what_was_confirmed_outlives_its_leader(members: list[Member]) -> None:
    first, second, third = members
    chain = Chain()
    first.wait_for_standby(synchronous=True)
    with centre_over(first, second) as centre:
        ledger = centre.station()
        ack = ledger.push(chain.sale(1), ledger.head().nonce)
        in_doubt = chain.sale(2)
        first.cut_off()
        with ThreadPoolExecutor(1) as pool:
            pushed = pool.submit(ledger.push, in_doubt, ack.nonce)
            wait_until(lambda: first.ask(WAITS) == 1)
            first.kill()
            with pytest.raises(LedgerUnreachable):
                pushed.result(30)
        second.promote()
        head = ledger.head()
        assert (head.last_seq, head.last_hash) == (ack.acked_seq, ack.acked_hash)
        ack = ledger.push(in_doubt, head.nonce)
        assert ack.acked_seq == len(chain.written)

        # The control: nobody is waited for, and the same fault loses what was confirmed.
        third.follow(second)
        third.start()
        second.wait_for_standby(synchronous=False)
        second.cut_off()
        lost = ledger.push(chain.sale(3), ack.nonce)
        second.kill()
        third.promote()
    with centre_over(third) as centre:
        found = centre.line(key=ledger._key).head()
        assert found.last_seq == ack.acked_seq < lost.acked_seq
        assert proving.disagreements(centre.books.engine) == ()
