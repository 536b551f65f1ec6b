"""A restored station and the real ledger: frozen, brought back; acks are signed evidence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.central.signatures import genuine
from cardstation.cli.central import main as central
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.checkpoint import Checkpoint
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused, OutcomeUnknown
from cardstation.services.approve import approve
from cardstation.services.clerks import clerks
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.rejoin import rejoin
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.settings import Settings
from drivers.virtual import Tear
from tests.kit.postgres import CENTRE_KEY, Centre, TestKey
from tests.kit.shifts import ANNA, BEN, CHIEF, EYES, PINS, desk_on_duty
from tests.kit.station import card_of, neighbours, open_desk

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


def test_the_day_after_a_backup_comes_back_from_the_books(centre: Centre, tmp_path: Path) -> None:
    line, homes = centre.station(key=TestKey()), neighbours(3)
    made = open_desk(tmp_path / "day", households=homes)
    made.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", households=homes)
    station = replace(desk.station, ledger=line)
    for home in homes:
        desk.sell(card_of(home))
    sync(station)
    with station.store.reading() as reading:
        before = [one.raw for one in reading.journal.every()]
        receipts = reading.receipts.every()
    desk.station.store.close()
    back = open_desk(tmp_path / "backup", households=homes)
    restored = replace(back.station, ledger=line)
    with pytest.raises(LedgerRefused, match="ledger_ahead"):
        sync(restored)
    assert rejoin(restored, Approval("supervisor")).verdict == ""
    with restored.store.reading() as reading:
        assert [one.raw for one in reading.journal.every()][:-1] == before
        assert reading.receipts.every() == receipts
        assert reading.journal.head().epoch == 2
    assert verify(restored).ok
    back.station.store.close()


def test_every_ack_is_kept_with_the_centres_own_word_and_the_centre_is_held_to_it(
    centre: Centre,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    line = centre.station(key=TestKey())
    desk = open_desk(tmp_path / "desk", households=neighbours(1))
    station = replace(desk.station, ledger=line)
    key, file = tmp_path / "centre.key", tmp_path / "S001.json"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)

    @contextmanager
    def opened(_settings: Settings, _writing: bool) -> Iterator[Station]:
        yield station

    def confirmed(status: int = 0) -> str:
        capsys.readouterr()
        made = replace(doors(), station=opened)
        assert main(made, COMMANDS, ["sync", "--confirmed", "--json"]) == status
        return capsys.readouterr().out

    def held(said: str) -> int:
        file.write_text(said)
        words = ("--key", str(key), "--checkpoint", str(file), "--dsn", centre.books.dsn)
        return central(["reconcile", *words])

    assert json.loads(confirmed(status=3))["error"] == "nothing_confirmed"
    desk.sell(card_of(neighbours(1)[0]))
    sync(station)
    word = json.loads(confirmed())
    told = Checkpoint(**{name: word[name] for name in word if name != "signature"})
    assert genuine(CENTRE_KEY.public, bytes.fromhex(word["signature"]), told.message)
    with station.store.reading() as reading:
        assert (told.station, told.seq) == ("S001", reading.journal.head().seq)
    assert held(json.dumps(word)) == 0
    assert held(json.dumps(word | {"seq": told.seq - 1})) == 5
    desk.station.store.close()


def test_clerks_and_disputes_are_facts_of_the_books_too(centre: Centre, tmp_path: Path) -> None:
    """People's changes have no postings; what people settled is booked as if the card had told."""
    line, home = centre.station(key=TestKey()), neighbours(1)[0]
    desk = desk_on_duty(tmp_path / "day", households=[home])
    station = replace(desk.station, ledger=line)
    card = card_of(home)
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    (open_one,) = open_intents(station)
    yes = approve(station, CHIEF, PINS[CHIEF])
    dispute(station, open_one.intent_id, yes, "the card went under a lorry")
    untaken = MeterCount(home.purchase_counter, card_here=True)
    seen = "photo 118 of the meter"
    settle_dispute(station, open_one.intent_id, Finding.NOT_LOADED, seen, yes, untaken)
    pay_out(station, open_one.intent_id, yes)
    retire_clerk(station, BEN, by=yes)
    state = sync(station)
    assert (state.unsent, state.exceptions) == (0, ())
    centre.books.prove()
    assert verify(station).ok
    desk.station.store.close()
    back = open_desk(tmp_path / "new", households=[home], clock=desk.clock)
    people = replace(back.station, ledger=line, pins=desk.station.pins)
    rejoin(people, Approval(CHIEF))
    assert {one.name for one in clerks(people) if one.active} == {CHIEF, ANNA, EYES}
    assert open_intents(people) == ()
    assert verify(people).ok
    centre.books.prove()
    back.station.store.close()
