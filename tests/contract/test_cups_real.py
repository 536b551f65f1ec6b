"""The real CUPS on a queue of its own: what its printer goes through is what a paper ends with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cardstation.errors import Mishap
from cardstation.papers import receipt_a5
from drivers.printers import CupsPrinter, queues
from tests.kit.cups import DAEMON, Cups
from tests.kit.papers import RECEIPT
from tests.kit.proven import not_proven

SHEET = receipt_a5(RECEIPT, "zh_CN")


@pytest.fixture(scope="module")
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cups]:
    if not DAEMON.exists():
        not_proven("CUPS is missing")
    made = Cups(tmp_path_factory.mktemp("cups"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUPS_SERVER", str(made.socket))
        served = made.start()
        yield made
        served.terminate()
        served.wait(20)


def test_an_empty_printer_gives_the_paper_back_and_prints_it_once_it_has_paper(cups: Cups) -> None:
    assert "office" in queues()
    CupsPrinter("office").print(SHEET, "first")
    cups.mode("empty")
    with pytest.raises(Mishap, match="paper_not_printed") as caught:
        CupsPrinter("office", paper_s=0).print(SHEET, "second")
    assert "media-empty-error" in str(caught.value.values["cause"])
    cups.mode("ok")
    CupsPrinter("office").print(SHEET, "second")


@pytest.mark.parametrize(
    ("mode", "patience_s", "cause"),
    [("hangs", 0.0, "printer office"), ("stops", 60.0, "disabled"), ("refuses", 60.0, "canceled")],
)
def test_what_the_printer_does_not_take_is_not_printed(
    cups: Cups, mode: str, patience_s: float, cause: str
) -> None:
    cups.mode(mode)
    with pytest.raises(Mishap, match="paper_not_printed") as caught:
        CupsPrinter("office", patience_s=patience_s).print(SHEET, "t")
    assert cause in str(caught.value.values["cause"])
    cups.run("cupsenable", "office")
    cups.mode("ok")
    CupsPrinter("office").print(SHEET, "t")
