"""Epochs, rewinds, forks: what two people decide, and what each side then believes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from cardstation.central import acts
from cardstation.central.console.people import retire_person
from cardstation.central.console.roles import Role
from cardstation.central.console.tables import COMMAND_LINE
from cardstation.central.engine import transaction
from cardstation.central.proving import disagreements
from cardstation.cli.central import main
from cardstation.domain.checkpoint import RewindAsked
from cardstation.errors import LedgerRefused, Refusal
from cardstation.ports.ledger import LedgerHead
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.console import PASSWORD, person
from tests.kit.facts import Chain
from tests.kit.postgres import CENTRE_KEY, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

LOSE = """
    DELETE FROM postings WHERE entry_id IN (SELECT entry_id FROM journal WHERE seq > 3);
    DELETE FROM card_load WHERE entry_id IN (SELECT entry_id FROM journal WHERE seq > 3);
    DELETE FROM journal WHERE seq > 3; DELETE FROM entry_index WHERE seq > 3;
    DELETE FROM epochs;
    UPDATE class_totals SET fen = fen * 3000 / 9000;
    UPDATE day_totals SET fen = fen * 3000 / 9000;
    UPDATE balances SET fen = fen * 3000 / 9000;
    UPDATE stations SET last_seq = 3, last_epoch = 1, epoch = 1, epoch_from = 0,
        last_hash = (SELECT hash FROM journal WHERE seq = 3) WHERE station = 'S001';
"""
OTHER_LOAD = """
    UPDATE card_load SET entry_id = (SELECT entry_id FROM journal WHERE seq = 1)
"""
LOOSE_EXCEPTION = """
    INSERT INTO exceptions (station, epoch, seq, entry_id, code, suspended)
    SELECT station, 1, 1, entry_id, 'x', false FROM journal WHERE seq = 1
"""
BOTH = """
    INSERT INTO branches SELECT station, epoch, seq, hash, raw FROM journal WHERE seq = 2
"""


def granted(ledger: HttpLedger, chain: Chain, **people: str) -> LedgerHead:
    who = {"clerk": "li", "approver": "wang", **people}
    return ledger.new_epoch(last_seq=chain.seq, last_hash=chain.last_hash, **who)


def refused(work: Any, *args: Any, **named: Any) -> str:
    with pytest.raises((LedgerRefused, Refusal)) as caught:
        work(*args, **named)
    return caught.value.code


def send(ledger: HttpLedger, entries: list[bytes]) -> Any:
    return ledger.push(entries, ledger.head().nonce)


def asked(**changed: Any) -> RewindAsked:
    given = {"station": "S001", "to_seq": 3, "reason": "disk", "ordered_by": "a"}
    return RewindAsked(**{**given, "approved_by": "b", **changed})


def test_a_new_epoch_needs_two_people_and_everything_we_hold(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    send(ledger, chain.sale())
    assert refused(granted, ledger, chain, approver="") == "two_persons_needed"
    assert refused(granted, ledger, chain, approver="li") == "two_persons_needed"
    assert refused(granted, ledger, Chain(seq=2)) == "ledger_ahead"
    assert refused(granted, ledger, Chain(seq=3, last_hash="ab" * 32)) == "ledger_fork"
    first = granted(ledger, chain)
    assert (first.epoch, first.last_seq) == (2, 3)
    assert granted(ledger, chain).epoch == 2
    old = Chain(seq=3, last_hash=chain.last_hash)
    assert refused(send, ledger, old.sale(2)) == "ledger_epoch"
    chain.epoch = 2
    skipped = Chain(epoch=2, seq=3, last_hash=chain.last_hash)
    assert refused(send, ledger, skipped.sale(2)) == "ledger_epoch"
    opened = [chain.add("epoch", approver="wang"), *chain.sale(3)]
    assert send(ledger, opened).acked_seq == 7
    assert send(ledger, chain.written).acked_seq == 7
    assert refused(send, ledger, old.written) == "ledger_epoch"
    assert ledger.head().status == "active"
    assert ledger.entries_after(2) == tuple(chain.written[2:])


def test_an_epoch_nobody_granted_is_refused(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    send(ledger, chain.sale())
    chain.epoch = 2
    assert refused(send, ledger, [chain.add("epoch")]) == "ledger_epoch"


def test_a_suspended_station_gets_no_epoch(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    send(ledger, chain.sale())
    assert refused(send, ledger, Chain().sale(2)) == "ledger_fork"
    assert refused(granted, ledger, chain) == "station_suspended"
    assert refused(granted, centre.line(), chain) == "signature_bad"
    assert ledger.entries_after(0) == tuple(chain.written)


def test_books_from_a_backup_ask_for_what_they_lost(centre: Centre) -> None:
    """Signed by the centre, ordered by two; over an epoch that the backup never knew."""
    ledger, chain = centre.station(), Chain()
    send(ledger, [*chain.sale(1), *chain.sale(2)])
    granted(ledger, chain)
    chain.epoch = 2
    send(ledger, [chain.add("epoch"), *chain.sale(3)])
    with centre.books.owner.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(LOSE))
    centre.books.prove()
    engine = centre.books.engine
    assert not ledger.head().resend
    for wrong in ({"approved_by": "a"}, {"ordered_by": ""}):
        assert (
            refused(acts.order_rewind, engine, CENTRE_KEY, asked(**wrong)) == "two_persons_needed"
        )
    assert refused(acts.order_rewind, engine, CENTRE_KEY, asked(to_seq=2)) == "rewind_not_here"
    assert refused(acts.order_rewind, engine, CENTRE_KEY, asked(station="S9")) == "station_unknown"
    acts.order_rewind(engine, CENTRE_KEY, asked(epoch=2))
    assert ledger.head().resend
    ack = send(ledger, chain.written[3:])
    assert (ack.acked_seq, ack.checkpoint.epoch) == (10, 2)
    assert not ledger.head().resend


def test_a_rewind_of_the_same_epoch(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    send(ledger, chain.sale())
    acts.order_rewind(centre.books.engine, CENTRE_KEY, asked())
    assert ledger.head().resend
    assert send(ledger, chain.sale(2)).acked_seq == 6


@pytest.mark.parametrize(
    ("planted", "seen"),
    [
        ("UPDATE journal SET fen = fen + 1 WHERE seq = 1", "fen is not what the bytes say"),
        ("UPDATE journal SET verdict = 'double_load' WHERE seq = 3", "without its exception"),
        ("UPDATE journal SET suspense = 'double_load' WHERE seq = 3", "mean"),
        ("UPDATE journal SET kind = 'unreadable' WHERE seq = 1", "nobody says why"),
        ("UPDATE journal SET epoch = 2 WHERE seq = 2", "epoch 2 is not due"),
        ("UPDATE stations SET last_epoch = 2, epoch = 2 WHERE station = 'S001'", "epoch 2"),
        (OTHER_LOAD, "not on a card"),
        (LOOSE_EXCEPTION, "exception without its entry"),
        (BOTH, "booked and evidence"),
    ],
    ids=lambda value: value[:40],
)
def test_the_proof_names_what_was_changed(centre: Centre, planted: str, seen: str) -> None:
    ledger = centre.station()
    send(ledger, Chain().sale())
    with centre.books.owner.begin() as connection:
        connection.execute(text(planted))
    assert seen in " ".join(disagreements(centre.books.engine))
    dsn = centre.books.dsn
    assert main(["verify", "--dsn", dsn]) == 5
    assert main(["verify", "--dsn", dsn, "--json"]) == 5
    with centre.books.owner.begin() as connection:
        connection.execute(
            text(
                "TRUNCATE journal, entry_index, balances, class_totals, day_totals, branches"
                " CASCADE"
            )
        )
        connection.execute(text("DELETE FROM stations"))


def test_where_the_console_has_people_two_of_them_order_a_rewind(
    centre: Centre,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send(centre.station(), Chain().sale())
    for name in ("sun", "zhou", "left"):
        person(centre.books, name, Role.STATION_ADMIN)
    monkeypatch.setenv("CARDSTATION_CENTRAL_PASSWORD", PASSWORD)
    monkeypatch.setenv("CARDSTATION_CENTRAL_APPROVER_PASSWORD", PASSWORD)
    with transaction(centre.books.engine) as connection:
        retire_person(connection, "left", given_by=COMMAND_LINE)
    told = ["--dsn", centre.books.dsn, "--home", str(tmp_path), "--reason", "disk", "--by", "sun"]
    for other, status in (("nobody", 3), ("left", 3), ("Sun", 3), ("Zhou", 0)):
        asked = ["rewind", "S001", "--to", "3", *told, "--approved-by", other]
        assert main(asked) == status, other
    assert "name_unknown (name=nobody)" in capsys.readouterr().err


def test_the_command_line_orders_a_rewind_and_proves(
    centre: Centre, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    ledger = centre.station()
    send(ledger, Chain().sale())
    dsn, home = ["--dsn", centre.books.dsn], ["--home", str(tmp_path)]
    words = ["--reason", "disk", "--by", "a", "--approved-by"]
    assert main(["rewind", "S001", "--to", "3", *words, "b", *dsn, *home]) == 0
    # The same name in other letters, or with a blank, is no second person.
    for same in ("a", "A", " a ", " "):
        assert main(["rewind", "S001", "--to", "3", *words, same, *dsn, *home]) == 3, same
    assert "send again what follows 3" in capsys.readouterr().out
    # Ordered with another key than the one the station pinned: not believed.
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        ledger.head()
    assert main(["verify", *dsn]) == 0
    assert "agree" in capsys.readouterr().out
