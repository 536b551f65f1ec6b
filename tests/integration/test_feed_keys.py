"""A row's key belongs to one kind of feed: nobody takes a row out of another kind by its name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select, text

from cardstation.central.engine import transaction
from cardstation.central.feeds.publishing import Said, publish
from cardstation.central.feeds.tables import feed_rows
from cardstation.domain.fed_clerk import FedClerk, clerk_row
from cardstation.domain.feed import POLICY, Row, clerks_of, directory_of
from cardstation.domain.feed_rows import Policy, policy_rows
from cardstation.domain.shift import Role
from cardstation.errors import Refusal
from tests.integration.test_feed_commands import Shell, sample, shell, write
from tests.kit.postgres import CENTRE_KEY, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres
__all__ = ["shell"]

TWO = Said("decision 1", "anna", "bert")
ONE = Said("households.csv", "anna")
CHIEF = clerk_row("S001", FedClerk("chief", "1", "Chief", frozenset({Role.SUPERVISOR})))
POLICY_ROWS = policy_rows(Policy(blocked={"88013025000001": "stolen"}))


def published(centre: Centre, rows: Sequence[tuple[str, Row]], said: Said) -> None:
    with transaction(centre.books.engine) as connection:
        publish(connection, CENTRE_KEY, rows, said)


def kept(centre: Centre) -> set[tuple[str, str]]:
    with centre.books.engine.connect() as connection:
        return {(row.feed, row.key) for row in connection.execute(select(feed_rows))}


def test_a_row_of_one_kind_of_feed_is_never_moved_to_another(centre: Centre) -> None:
    district, other = directory_of("东"), directory_of("西")
    published(centre, [(POLICY, row) for row in POLICY_ROWS.values()], TWO)
    published(centre, [(clerks_of("S001"), CHIEF), (district, ("1024", 1))], TWO)
    before = kept(centre)
    for key, feed in ((CHIEF[0], clerks_of("S001")), (next(iter(POLICY_ROWS)), POLICY)):
        with pytest.raises(Refusal) as refused:
            published(centre, [(district, (key, 2)), (district, ("1025", 2))], ONE)
        assert (refused.value.code, refused.value.values["feed"]) == ("feed_key_taken", feed)
        assert kept(centre) == before
    published(centre, [(other, ("1024", 1))], ONE)
    assert kept(centre) - before == {(other, "1024")}, "a household moves between districts"


def test_no_household_has_the_name_of_another_kind_of_row(shell: Shell) -> None:
    file = shell.folder / "all.csv"
    for name in ("clerk/S001/chief", "blocked/88013025000001", "rules"):
        rows = [{**sample()[0], "account_no": name}]
        shell.at_centre("publish", write(file, rows), "--changes", status=3)
    with shell.centre.books.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM feeds")) == 0
