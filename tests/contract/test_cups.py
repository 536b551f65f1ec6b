"""A paper given to CUPS is printed once its job left the queue; commands that play CUPS say when.

What they answer is what CUPS 2.4 answers under LC_ALL=C.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.errors import Mishap
from cardstation.papers import receipt_80mm, receipt_a5
from drivers.printers import CupsPrinter
from drivers.printers.cups import media_of
from tests.kit.papers import RECEIPT

SHEET = receipt_a5(RECEIPT, "zh_CN")
COMMANDS = {
    "lp": """
printf "%s " "$@" >arguments
cat >paper
case "$2" in bad) echo "no such queue" >&2; exit 1;; slow) exec sleep 60;; mute) exit 0;; esac
echo "request id is ${2%/*}-7 (0 file(s))"
""",
    "lpstat": """
[ "$LC_ALL" = C ] || exit 9
queue=$4
if [ "$1" = -l ]; then
    queue=$3
    case "$queue" in
    stopped) printf 'printer %s disabled since Fri Nov 27 05:05:14 2026 -\\n\\tno ink\\n' "$queue"
        printf '\\tAlerts: paused\\n';;
    empty | refilled) printf 'printer %s now printing %s-7.  enabled since Fri\\n' "$queue" "$queue"
        printf '\\tAlerts: toner-low-report media-empty-error\\n\\tLocation:\\n';;
    tray) printf 'printer tray is idle.  enabled since Fri\\n\\tAlerts: media-empty-warning\\n';;
    *) printf 'printer %s is idle.  enabled since Fri\\n\\tAlerts: none\\n' "$queue";;
    esac
    exit 0
fi
case "$queue" in
blind) echo "Unable to connect" >&2; exit 1;;
gone | lost | office | refilled | tray)
    echo >>looks
    looks=$(wc -l <looks)
    case "$queue" in gone | lost) looks=9;; esac
    [ "$looks" -ge 2 ] || echo "$queue-6   root   1024   Fri Nov 27 05:05:00 2026"
    [ "$looks" -ge 3 ] || echo "$queue-7   root   1024   Fri Nov 27 05:05:00 2026";;
*) echo "$queue-7   root   1024   Fri Nov 27 05:05:00 2026";;
esac
""",
    "cancel": """
case "$1" in
office-7 | refilled-7 | tray-7 | late-7) end=completed;;
lost-7) end=aborted;;
gone-7) echo "cancel: cancel-job failed: Job #7 does not exist." >&2; exit 1;;
*) echo "$1" >cancelled; exit 0;;
esac
echo "cancel: cancel-job failed: Job #7 is already $end - can't cancel." >&2
exit 1
""",
}


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands that play CUPS before those of the machine; what they were told lies beside them."""
    for name, lines in COMMANDS.items():
        command = tmp_path / name
        command.write_text(f"#!/bin/sh\ncd {tmp_path}\n{lines}")
        command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def refused(printer: CupsPrinter) -> str:
    with pytest.raises(Mishap) as caught:
        printer.print(SHEET, "t")
    assert caught.value.code == "paper_not_printed"
    assert caught.value.values["printer"] == printer.name
    return str(caught.value.values["cause"])


def test_cups_gets_the_paper_and_its_size(cups: Path) -> None:
    CupsPrinter("office/A5", look_s=0).print(SHEET, "S001-2026-000019")
    arguments = (cups / "arguments").read_text().strip()
    assert arguments == "-d office/A5 -t S001-2026-000019 -o media=A5 -- -"
    assert (cups / "paper").read_bytes() == SHEET
    assert media_of(receipt_80mm(RECEIPT, "zh_CN")).startswith("Custom.80x")
    assert len((cups / "looks").read_text()) == 3, "waited behind another job, then for its own"


def test_what_the_queue_does_not_take_is_not_printed(cups: Path) -> None:
    assert refused(CupsPrinter("bad")) == "no such queue"
    assert "timed out" in refused(CupsPrinter("slow", timeout_s=0.2))
    assert refused(CupsPrinter("mute")) == ""


@pytest.mark.parametrize(
    ("queue", "cause"),
    [
        ("stopped", "printer stopped disabled since Fri Nov 27 05:05:14 2026 - paused"),
        ("blind", "Unable to connect"),
    ],
)
def test_a_printer_that_stands_still_is_not_waited_for(cups: Path, queue: str, cause: str) -> None:
    assert refused(CupsPrinter(queue)) == cause
    assert (cups / "cancelled").read_text() == f"{queue}-7\n"


def test_a_printer_without_paper_gives_the_paper_back(cups: Path) -> None:
    assert "media-empty-error" in refused(CupsPrinter("empty", paper_s=0))
    assert (cups / "cancelled").read_text() == "empty-7\n"


@pytest.mark.parametrize("queue", ["refilled", "tray"])
def test_an_old_word_of_no_paper_or_another_empty_tray_stops_nothing(
    cups: Path, queue: str
) -> None:
    CupsPrinter(queue, look_s=0, paper_s=60 if queue == "refilled" else 0).print(SHEET, "t")
    assert not (cups / "cancelled").exists()


def test_patience_with_a_job_that_never_ends_is_bounded(cups: Path) -> None:
    assert refused(CupsPrinter("never", patience_s=0)).startswith("printer never is idle.")
    assert (cups / "cancelled").read_text() == "never-7\n"


def test_a_job_that_came_out_while_it_was_taken_back_is_printed(cups: Path) -> None:
    CupsPrinter("late", patience_s=0).print(SHEET, "t")


def test_a_job_that_somebody_took_out_of_the_queue_is_not_printed(cups: Path) -> None:
    assert "already aborted" in refused(CupsPrinter("lost"))


def test_a_queue_that_forgets_its_jobs_is_believed(cups: Path) -> None:
    CupsPrinter("gone").print(SHEET, "t")
    assert not (cups / "cancelled").exists()
