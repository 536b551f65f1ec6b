"""`cardstation change-meter`: recorded, its card written, and taken back, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cardstation.cli.change_meter import _quantity
from cardstation.domain.meter import MeterKind
from tests.kit.changing import NEW_NO, customer
from tests.kit.papers import pages_of
from tests.kit.shell import Shell, shell_for
from tests.kit.shifts import CHIEF
from tests.kit.station import card_of

HOME = customer()
SAID = ("--left", "12.5", "--counter", "50", "--order", "HB-117")
TWO = ("--why", "read by the fitter at the door", "--approver", CHIEF)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with shell_for(tmp_path / "home", monkeypatch, capsys, [HOME]) as shell:
        yield shell


def test_a_change_is_recorded_written_and_taken_back(run: Shell) -> None:
    account = HOME.account_no
    said = run("change-meter", "reckon", account, NEW_NO, *SAID)["carried"]
    assert said["quantity"] == "12"
    assert said["to_balance"] == 168
    record = ("change-meter", "record", account, NEW_NO, *SAID, *TWO)
    assert run(*record, "--carried", "13", status=3)["error"] == "carried_differs"
    done = run(*record, "--carried", "12", "--to-balance", "1.68")
    text = "".join(pages_of(Path(done["paper"]).read_bytes()))
    assert "换表单" in text
    assert NEW_NO in text
    card = run.put_in(card_of(HOME))
    written = run("change-meter", "card", account)
    assert (written["work"], written["meter_no"]) == ("change", NEW_NO)
    assert run("change-meter", "card", account, *TWO, status=3)["error"] == "card_changed_already"
    back = run("change-meter", "cancel", account, *TWO)
    assert back["cancelled"]
    assert "换表撤销单" in "".join(pages_of(Path(back["paper"]).read_bytes()))
    run.put_in(card)
    assert run("change-meter", "card", account)["meter_no"] == HOME.meter.meter_no


def test_amounts_are_read_as_their_meters_count() -> None:
    for kind in MeterKind:
        with pytest.raises(click.BadParameter):
            _quantity("--left", "much", kind)
