"""A bag of `净月新城` through 1, 4 and 8 readers of the real card service, true to chip time.

The rack, its hands and the card service are processes of their own; the station with its lanes is
another, so that its processor time is its own. Every lane count runs in a fresh pair of them.

Hands: a pair before every reader, none waits for another; they begin when the lanes are open,
0.15 s apart, as nobody lays eight cards at one moment, and the card service looks into each reader
at a moment of its own. A card is taken out when nobody has spoken to it for 0.6 s, and the next one
is put in half a second later, as the card service needs. Bare pyscard has the same hands.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from drivers.virtual.stack import real_stack_available
from tests.bench.lane_run import Ran, run_lanes
from tests.bench.row import Row
from tests.kit.e2e import Desk
from tests.kit.e2e_cards import people, take_in, take_list

LANES = (1, 4, 8)
CARDS_A_LANE = 12
CARDS = "LANE_BENCH_CARDS"
"""Cards for each lane, where another count is wanted than that of a short run."""
GOAL = {4: 3.8, 8: 7.0}
GOAL_OVERHEAD = 1.10
HANDS = "one lane; hands before every reader"


def measure() -> list[Row]:
    """Run each lane count in its own process: PC/SC knows one service for each."""
    if why := real_stack_available():
        return [Row(f"lanes: no real card stack here ({why})", 0.0, unit="")]
    ran = [_in_process(lanes) for lanes in LANES]
    return [row for one in ran for row in _rows(one, ran[0])]


def _rows(one: Ran, single: Ran) -> list[Row]:
    work, chip, bare = 1000 * one.at_work_s, 1000 * one.chip_s, 1000 * one.bare_s
    calls, cpu = 1000 * one.calls_s, 1000 * one.cpu_s / one.cards
    said = f"one lane, goal {GOAL[one.lanes]}" if one.lanes in GOAL else HANDS
    agree = "agree" if one.whole else "DO NOT AGREE"
    share = 100 * one.cpu_s / one.wall_s
    name = f"{one.lanes} lane{'s' if one.lanes > 1 else ''}"
    return [
        Row(f"{name}: cards per hour, first card to last", one.per_hour, single.per_hour, "", said),
        Row(
            "  present to the verdict, the longest", 1000 * one.verdict_s, 1000, against="goal: 1 s"
        ),
        Row("  present to take it", work, chip, against=f"chip by its clock, goal {GOAL_OVERHEAD}"),
        Row("    beside bare pyscard", work, bare, against=f"itself {bare / chip:.2f} of the chip"),
        Row("    of it in calls of the card service", calls, bare, against="bare pyscard"),
        Row("    of it ours: work, disk, turns", work - calls, against=f"{cpu:.1f} ms processor"),
        Row("  processor time per card", cpu, against=f"{share:.0f} % of one core"),
        Row("  from take it to the next card seen", 1000 * one.away_s, against="hands, detection"),
        Row("  bytes read off a card", one.bytes_read, one.bytes_least, "", "its image, twice"),
        Row("  receipt as PDF, not counted above", 1000 * one.paper_s),
        Row(f"  {one.cards} cards, all lines and fen {agree}", one.wall_s, unit="s"),
    ]


def _in_process(lanes: int) -> Ran:
    cards = int(os.environ.get(CARDS, CARDS_A_LANE)) * lanes
    words = [sys.executable, "-m", "tests.bench.lanes", str(lanes), str(cards)]
    told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Ran(**json.loads(told.splitlines()[-1]))


@click.command()
@click.argument("lanes", type=int)
@click.argument("cards", type=int)
def main(lanes: int, cards: int) -> None:
    """Measure one lane count."""
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder)) as desk:
        persons = people(cards)
        take_in(desk, persons)
        batch = take_list(desk, [(one, "100") for one in persons])
        desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", 100 * len(persons))
        desk.rack("--batch", batch, "--pace", "0", "--readers", lanes, "--true-timing")
        click.echo(json.dumps(asdict(run_lanes(desk, batch, lanes, len(persons)))))


if __name__ == "__main__":
    sys.exit(main())
