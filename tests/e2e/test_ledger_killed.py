"""The ledger and its PostgreSQL are killed in the middle of a commit: nothing lost or doubled.

Three moments of a sync that a real station has under way: before anything is committed (the
server process waits for a lock), after COMMIT is on the ledger's disk and before anybody was
told (it waits for a standby that does not exist), and one that chance picks.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import psycopg
import pytest

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.station import open_station
from cardstation.central.embedded import DATABASE, OWNER, PORT
from cardstation.central.serve import embedded_postgres
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.import_list import import_list
from cardstation.services.pay_batch import pay_batch
from cardstation.settings import load_settings
from tests.kit.e2e import Desk, Process, Served
from tests.kit.e2e_cards import Person, people, take_in, write_list
from tests.kit.pcsc import until
from tests.kit.power_life import PATHS
from tests.kit.repeat import Seeded, first_seed

pytestmark = pytest.mark.postgres

YUAN = 100
FEN = 100 * YUAN
SYNC_S = (0.25, 0.6)
"""When a sync speaks to the ledger, in seconds from the start of its process."""
WAITS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
FOR_A_LOCK = WAITS + "wait_event_type = 'Lock'"
FOR_A_STANDBY = WAITS + "wait_event = 'SyncRep'"
SERVES = WAITS + "usename <> current_user"
Link = psycopg.Connection[tuple[Any, ...]]


def _owner(desk: Desk) -> Link:
    """The running database, as its owner; this connection never waits for a standby."""
    cluster = embedded_postgres(desk.folder / "centre")
    assert cluster.running()
    place = str(cluster.dsn(OWNER)).partition("host=")[2].partition("&")[0]
    link = psycopg.connect(host=place, port=PORT, user=OWNER, dbname=DATABASE, autocommit=True)
    link.execute("SET synchronous_commit = local")
    return link


def _sell(desk: Desk, one: Person) -> None:
    """One paid line and its card, by a station of its own process; nothing is sent."""
    path = desk.folder / f"list-{one.card_no}.xlsx"
    write_list(path, [(one, str(YUAN))])
    with open_station(load_settings(desk.home, {}), True) as station:
        batch = import_list(station, path).batch_id
        pay_batch(station, batch, tender=Tender.CASH, money=Money.of_yuan(str(YUAN)))
        box = CardBox(station, desk.home)
        card = box.make(box.household(one.account_no))
    bag = desk.folder / f"bag-{one.card_no}"
    bag.mkdir()
    shutil.copy(card, bag)
    answer = desk.module("tests.kit.cut_station", desk.home, bag, batch, **PATHS).answer()
    assert answer.status == 0, str(answer)


def _waiting(link: Link, query: str) -> int:
    found: list[tuple[Any, ...]] = []

    def somebody() -> bool:
        found[:] = link.execute(query).fetchall()
        return bool(found)

    assert until(somebody)
    return int(found[0][0])


def _at_a_lock(link: Link, desk: Desk) -> tuple[Process, int]:
    """Nothing of the batch is committed."""
    link.autocommit = False
    link.execute("LOCK TABLE journal IN SHARE MODE")
    return desk.start("sync", "--json"), _waiting(link, FOR_A_LOCK)


def _in_the_commit(link: Link, desk: Desk) -> tuple[Process, int]:
    """All of it is committed, and no answer was sent."""
    link.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    link.execute("SELECT pg_reload_conf()")
    shown = "SHOW synchronous_standby_names"
    assert until(lambda: link.execute(shown).fetchall() == [("nobody",)])
    sync, pid = desk.start("sync", "--json"), _waiting(link, FOR_A_STANDBY)
    link.execute("ALTER SYSTEM RESET synchronous_standby_names")
    return sync, pid


def _by_chance(link: Link, desk: Desk) -> tuple[Process, int]:
    """Somewhere around the requests of the sync."""
    pid = _waiting(link, SERVES)
    moment = time.monotonic() + random.Random(first_seed()).uniform(*SYNC_S)
    sync = desk.start("sync", "--json")
    sync.out.wait_for("}", 0, moment)
    return sync, pid


MOMENTS: dict[str, Callable[[Link, Desk], tuple[Process, int]]] = {
    "at a lock": _at_a_lock,
    "in the commit": _in_the_commit,
    "by chance": _by_chance,
}


def _totals(desk: Desk) -> Any:
    words = ("totals", "--home", desk.folder / "centre", "--json")
    answer = desk.ask(*words, program="cardstation-central")
    assert answer.status == 0, str(answer)
    assert answer.json["disagreements"] == []
    return answer.json


def _struck(desk: Desk, centre: Served, moment: str) -> Served:
    """A sync under way, both killed at the moment, and the ledger started again."""
    with closing(_owner(desk)) as link:
        sync, backend = MOMENTS[moment](link, desk)
        with suppress(ProcessLookupError):
            os.kill(backend, signal.SIGKILL)
        centre.process.kill()
    answer = sync.answer()
    by_chance = moment == "by chance"
    assert answer.status == 4 or (by_chance and answer.status == 0), str(answer)
    return desk.centre(centre.port)


def test_a_batch_cut_in_its_commit_is_posted_once(desk: Desk) -> None:
    persons = people(1 + len(MOMENTS), money_meters=1)
    take_in(desk, persons)
    centre = desk.centre()
    desk.run("enrol", centre.url, CARDSTATION_ENROL_CODE=centre.code)
    _sell(desk, persons[0])
    assert desk.run("sync")["unsent"] == 0
    acked = _totals(desk)["entries"]

    for sold, (moment, one) in enumerate(zip(MOMENTS, persons[1:], strict=True), start=2):
        _sell(desk, one)
        with Seeded(first_seed(), "./dev test tests/e2e/test_ledger_killed.py"):
            centre = _struck(desk, centre, moment)
        entries = desk.run("verify")["entries"]
        left = _totals(desk)["entries"]
        expected = {"at a lock": {acked}, "in the commit": {entries}}
        assert left in expected.get(moment, {acked, entries}), moment

        assert desk.run("sync")["unsent"] == 0
        proof, totals = desk.run("verify"), _totals(desk)
        assert proof["ok"], proof["disagreements"]
        assert proof["taken_fen"] == proof["loaded_fen"] == proof["posted_fen"] == sold * FEN
        assert totals["entries"] == proof["entries"] == entries
        assert totals["exceptions"] == 0
        acked = entries
