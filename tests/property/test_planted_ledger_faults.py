"""Shortcuts planted into the real ledger on a real PostgreSQL: what checks it must find each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine

from cardstation.central.api import Service, build
from cardstation.central.embedded import OWNER, SERVICE
from cardstation.central.engine import open_engine
from cardstation.central.enrolment import EnrolmentCodes
from tests.contract import test_ledgers as contract
from tests.integration import test_central_conflicts as conflicts
from tests.integration import test_central_push as pushes
from tests.kit import central_plants as plants
from tests.kit.postgres import ADMIN, CENTRE_KEY, CODES, Books, Centre, Cluster, served

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

Check = Callable[[Centre], None]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What is planted, the check that must find it, and what the check must say."""

    plant: Plant
    check: Check
    word: str

    def __str__(self) -> str:
        return self.plant.__name__


def a_push_is_the_new_head(centre: Centre) -> None:
    contract.test_what_was_pushed_is_the_new_head(centre.station())


def a_fork_suspends(centre: Centre) -> None:
    contract.test_a_fork_suspends(centre.station())


def a_load_comes_off_once(centre: Centre) -> None:
    check = contract.test_a_load_that_two_desks_sealed_comes_off_its_card_once
    # Where purchases are counted, the counter's owner says the same.
    check(centre.station(), (1, 0), at_once=False, step=0)


FAULTS = (
    Fault(plants.ack_before_commit, a_push_is_the_new_head, "what is confirmed is not there"),
    Fault(plants.conflicts_do_nothing, a_fork_suspends, "DID NOT RAISE"),
    Fault(
        plants.raced_loads_do_nothing,
        conflicts.test_a_load_posted_between_look_up_and_insert_wins,
        "double_load",
    ),
    Fault(
        plants.second_writer_of_a_head,
        pushes.test_two_machines_of_one_name_at_once_are_a_fork,
        "['ledger_busy_now', 'taken'] == ['ledger_fork', 'taken']",
    ),
    Fault(plants.first_seal_forgotten, a_load_comes_off_once, "return_without_load"),
)


@pytest.fixture
def unproved(cluster: Cluster) -> Iterator[Centre]:
    """A running service over a fresh ledger whose books nobody proves: they may be wrong."""
    with cluster.database() as name, ExitStack() as opened:
        dsn = cluster.postgres.dsn(SERVICE, name)
        engine, owner = open_engine(dsn), create_engine(cluster.postgres.dsn(OWNER, name))
        opened.callback(engine.dispose)
        opened.callback(owner.dispose)
        app = build(Service(engine, EnrolmentCodes(*CODES), ADMIN, CENTRE_KEY))
        url = opened.enter_context(served(app))
        yield Centre(url, Books(engine, owner, dsn), opened)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(
    unproved: Centre, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    fault.plant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception), match=re.escape(fault.word)):
        fault.check(unproved)
