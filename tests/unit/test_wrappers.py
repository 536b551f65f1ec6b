"""Links around links: the trace never shows a code; faults strike once, at their exchange."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from cardstation.domain.card import Span
from cardstation.errors import CardRemoved, CardStationError, LinkFailed
from cardstation.logs import TRAFFIC
from cardstation.ports.reader import Link
from drivers.chips import CHIPS
from drivers.readers.wrappers import Fault, FaultKind, TracedLink, shown_answer, shown_command
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.procedures import change_code, present_code

OLD, NEW, WRONG = bytes.fromhex("C3B2E9"), bytes.fromhex("D7E8C1"), bytes.fromhex("B9CAE5")
BLANK = b"\xff\xff\xff"


def opened(
    dialect: str = "acs", fault: Fault | None = None, *, traced: bool = False
) -> tuple[Link, VirtualReader, VirtualCard]:
    card = VirtualCard()
    card.chip.power_up()
    present_code(card.chip, BLANK)
    change_code(card.chip, OLD)
    reader = VirtualReader("desk", dialect)
    if fault is not None:
        reader.wrap = fault.wrap
    reader.insert(card)
    presence = reader.wait_card(0)
    assert presence is not None
    link = reader.open(presence)
    return (TracedLink(link) if traced else link), reader, card


@pytest.fixture
def traffic(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(TRAFFIC, "drivers.readers.wrappers"):
        yield caplog


@pytest.mark.parametrize("dialect", ["acs", "acs-old", "omnikey"])
def test_no_byte_of_a_code_is_ever_logged(dialect: str, traffic: pytest.LogCaptureFixture) -> None:
    link, reader, card = opened(dialect, traced=True)
    chip = CHIPS[0].attach(link)
    image = chip.read()
    chip.unlock(OLD)
    chip.tries_left()
    chip.write(image, [Span(0x20, b"\x12\x34")])
    chip.set_code(OLD, NEW)
    link.close()
    presence = reader.wait_card(0)
    assert presence is not None
    link = TracedLink(reader.open(presence))
    with pytest.raises(CardStationError):
        CHIPS[0].attach(link).unlock(WRONG)
    assert card.chip.security == b"\x03" + NEW
    lines = [record.getMessage() for record in traffic.records]
    assert any("12 34" in line for line in lines)
    words = {word for line in lines for word in line.split()}
    secret = {f"{byte:02X}" for byte in OLD + NEW + WRONG}
    assert not words & secret


@pytest.mark.parametrize(
    ("command", "answer", "shown"),
    [
        ("FFB0002002", "12349000", ("FF B0 00 20 02", "12 34 90 00")),
        ("FF20000003A1B2C3", "9007", ("FF 20 00 00 03 ·· ·· ··", "90 07")),
        ("FF20000003A1B2C3", "07A1B2C39000", ("FF 20 00 00 03 ·· ·· ··", "·· ·· ·· ·· 90 00")),
        ("FFB1000004", "07A1B2C39000", ("FF B1 00 00 04", "07 ·· ·· ·· 90 00")),
        ("FFB1000004", "6300", ("FF B1 00 00 04", "63 00")),
        ("FF770000", "A1B29000", ("FF 77 00 00", "·· ·· 90 00")),
        ("00B0000001A1", "A1B29000", ("00 B0 00 00 01 ··", "·· ·· 90 00")),
    ],
)
def test_what_a_trace_shows(command: str, answer: str, shown: tuple[str, str]) -> None:
    sent, back = bytes.fromhex(command), bytes.fromhex(answer)
    assert (shown_command(sent), shown_answer(sent, back)) == shown


def test_a_trace_passes_everything_on(traffic: pytest.LogCaptureFixture) -> None:
    link, reader, _ = opened(traced=True)
    assert (link.reader, link.atr, link.dialect) == (
        "desk",
        bytes.fromhex("3B04A2131091"),
        "acs",
    )
    reader.pull()
    with pytest.raises(CardRemoved):
        CHIPS[0].attach(link)
    assert traffic.records[-1].getMessage() == "desk ! card_removed"
    link.close()
    assert {record.levelno for record in traffic.records} == {TRAFFIC}
    assert {record.levelno for record in traffic.records} < {TRAFFIC, logging.DEBUG}


WRITE = bytes.fromhex("FFD0002001") + b"\x12"
SESSION = (bytes.fromhex("FFA400000106"), bytes.fromhex("FF20000003") + OLD, WRITE, WRITE)


@pytest.mark.parametrize(
    ("kind", "passed", "written"),
    [(FaultKind.BEFORE, 2, False), (FaultKind.LOST, 2, True), (FaultKind.AFTER, 3, True)],
)
def test_a_fault_at_the_third_exchange(kind: FaultKind, passed: int, written: bool) -> None:
    fault = Fault(2, kind)
    link, _, card = opened(fault=fault)
    for command in SESSION[:passed]:
        link.exchange(command)
    for command in (SESSION[passed], WRITE):
        with pytest.raises(CardRemoved):
            link.exchange(command)
    assert fault.exchanges == 3
    assert (card.image[0x20] == 0x12) is written


def test_a_fault_strikes_once_and_counts_over_links() -> None:
    fault = Fault(1, failure=lambda reader: LinkFailed(reader=reader))
    link, reader, _ = opened(fault=fault)
    presence = reader.wait_card(0)
    assert presence is not None
    link.exchange(SESSION[0])
    link.close()
    link = reader.open(presence)
    with pytest.raises(LinkFailed):
        link.exchange(SESSION[0])
    link.close()
    link = reader.open(presence)
    for command in SESSION:
        link.exchange(command)
    assert fault.exchanges == 6


def test_a_fault_may_pull_the_card() -> None:
    pulled: list[VirtualCard | None] = []
    fault = Fault(0, FaultKind.AFTER, on_cut=lambda: pulled.append(reader.pull()))
    link, reader, card = opened(fault=fault)
    link.exchange(SESSION[0])
    assert pulled == [card]
    with pytest.raises(CardRemoved):
        link.exchange(SESSION[1])


def test_a_fault_that_never_comes_counts_only() -> None:
    fault = Fault()
    link, _, _ = opened(fault=fault)
    for command in SESSION:
        link.exchange(command)
    assert fault.exchanges == len(SESSION)
