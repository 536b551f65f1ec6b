"""`./dev ha [fault …]`: a real failover, five ways, and a control that must lose.

Stations push to the ledger service as fast as it takes them. Whatever was acknowledged must be in
the books of the cluster that is left. `./dev ha` starts it in namespaces of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import click

from cardstation.central import proving
from cardstation.central.engine import open_engine
from tests.ha.cluster import PAUSE, Cluster, Programs, wait_for
from tests.ha.faults import CONTROL, FAULTS, Fault
from tests.ha.judge import acknowledged, bytes_per_entry, missing, outage_s, rate
from tests.ha.load import Ack
from tests.ha.machines import Machine
from tests.ha.side import Side

WARM_S = 8.0
AFTER_S = 8.0
ECHO_S = 2.0
"""So long after the cut an answer may still arrive that was on its way before it."""
STATIONS = 8
CUT_OFF_STATIONS = 4
ASKED_PER_S = 3_000


@dataclass(frozen=True)
class Load:
    """How much is pushed: services, stations for them, entries per push."""

    services: int
    stations: int
    batch: int


@dataclass(frozen=True)
class Outcome:
    """What came of one fault.

    Attributes:
        healed_s: From the end of the load to three members again.
        told: Entries acknowledged in it. gone: Of these, missing in the books at the end.
        alone: Acknowledged by the side that was cut off, while it was.
    """

    name: str
    per_second: float
    outage_s: float
    healed_s: float
    told: int
    gone: int
    alone: int | None

    def __str__(self) -> str:
        alone = "" if self.alone is None else f"; on the side cut off acknowledged {self.alone}"
        return (
            f"{self.name}: {self.per_second:.0f} writes/s before it; outage {self.outage_s:.1f} s; "
            f"acknowledged {self.told}, missing {self.gone}{alone}; "
            f"three members {self.healed_s:.0f} s after"
        )


class Run:
    """One cluster, and one fault after another."""

    def __init__(self, folder: Path, cluster: Cluster, load: Load) -> None:
        self._folder, self._cluster, self._load = folder, cluster, load
        self.told: list[Ack] = []

    def suffer(self, fault: Fault, name: str, *, synchronous: bool = True) -> Outcome:
        """Let one fault happen under load, and look what is left."""
        cluster = self._cluster
        leader = cluster.leader()
        mine = Side(cluster, self._folder, f"{name}-")
        beside = Side(cluster, self._folder, f"{name}-cut-", leader) if fault.cut_off else None
        load = self._load
        with ExitStack() as ending:
            if beside is not None:
                few = beside.pushing(services=1, many=CUT_OFF_STATIONS, batch=load.batch)
                ending.enter_context(few)
            ending.enter_context(
                mine.pushing(services=load.services, many=load.stations, batch=load.batch)
            )
            began, cut, until = self._happen(fault, leader, mine, name)
        healed = cluster.wait_healthy(synchronous=synchronous)
        acks = mine.acks()
        every = acks + (beside.acks() if beside is not None else [])
        self.told += every
        speed = rate(every, began - WARM_S, began)
        engine = cluster.engine("postgres")
        try:
            gone = missing(engine, every)
        finally:
            engine.dispose()
        alone = None
        if beside is not None:
            alone = _told_between(beside, cut + ECHO_S, cut + fault.held_s)
        outage = outage_s(acks, began, until)
        return Outcome(name, speed, outage, healed, acknowledged(every), gone, alone)

    def _happen(
        self, fault: Fault, leader: Machine, mine: Side, name: str
    ) -> tuple[float, float, float]:
        """The fault itself; returns when it began, when it was done, and when all was over."""
        wait_for(lambda: bool(mine.acks()), "nobody is served")
        PAUSE.wait(WARM_S)
        click.echo(f"… {name}: {leader.name} leads", err=True)
        began = monotonic()
        fault.does(self._cluster, leader)
        cut = monotonic()
        PAUSE.wait(fault.held_s)
        fault.undoes(self._cluster, leader)
        undone = monotonic()
        wait_for(lambda: mine.acks()[-1].at > undone, "nobody is served again")
        PAUSE.wait(AFTER_S)
        return began, cut, monotonic()

    def prove(self) -> None:
        """The books agree with themselves, and hold everything that was ever acknowledged."""
        engine = open_engine(self._cluster.dsn(), connections=1)
        try:
            began = monotonic()
            wrong = proving.disagreements(engine)
            lost = missing(engine, self.told)
            each = bytes_per_entry(engine)
        finally:
            engine.dispose()
        click.echo(
            f"books: acknowledged {acknowledged(self.told)}, missing {lost}, disagreements "
            f"{len(wrong)}; {each} bytes per entry; {monotonic() - began:.0f} s"
        )
        assert not wrong, wrong
        assert not lost


def _told_between(side: Side, since: float, until: float) -> int:
    acks = side.acks()
    before = acknowledged(ack for ack in acks if ack.at < since)
    return acknowledged(ack for ack in acks if ack.at < until) - before


def run(folder: Path, programs: Programs, names: tuple[str, ...], load: Load) -> bool:
    """Everything, or what is named; True when nothing is missing and the control lost."""
    began = monotonic()
    with closing(Cluster(folder, programs)) as cluster:
        cluster.start()
        click.echo(f"three members after {monotonic() - began:.0f} s", err=True)
        good, slowest = prove_all(Run(folder, cluster, load), cluster, names)
    if slowest < ASKED_PER_S:
        busy = os.getloadavg()[0]
        click.echo(f"slower than the {ASKED_PER_S} writes/s that are meant; load here {busy:.1f}")
    click.echo(f"{'sound' if good else 'NOT SOUND'}; {monotonic() - began:.0f} s")
    return good


def prove_all(this: Run, cluster: Cluster, names: tuple[str, ...]) -> tuple[bool, float]:
    """One fault after another; whether all is well, and the slowest load before a fault."""
    good, slowest = True, float(ASKED_PER_S)
    for fault in FAULTS:
        if not names or fault.name in names:
            outcome = this.suffer(fault, fault.name)
            click.echo(str(outcome))
            good = good and outcome.told > 0 and not outcome.gone
            slowest = min(slowest, outcome.per_second)
    if this.told:
        this.prove()
    if not names or CONTROL in names:
        cluster.make_asynchronous()
        [cut] = [fault for fault in FAULTS if fault.cut_off]
        outcome = this.suffer(cut, CONTROL, synchronous=False)
        click.echo(f"{outcome} (asynchronous: it must lose)")
        good = good and outcome.gone > 0
    return good, slowest


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*(one.name for one in FAULTS), CONTROL]))
@click.option("--etcd", type=click.Path(path_type=Path), required=True)
@click.option("--patroni", type=click.Path(path_type=Path), required=True)
@click.option("--services", default=2, show_default=True, help="Processes of the ledger service.")
@click.option("--stations", default=STATIONS, show_default=True, help="That push at once.")
@click.option("--batch", default=500, show_default=True, help="Entries per push.")
@click.option("--keep", is_flag=True, help="Keep disks and logs, and say where.")
def ha(
    names: tuple[str, ...],
    etcd: Path,
    patroni: Path,
    services: int,
    stations: int,
    batch: int,
    keep: bool,
) -> None:
    """Fail over in every way, or only as named; 0 when nothing acknowledged is missing."""
    folder = Path(tempfile.mkdtemp(prefix="cs-ha-"))
    try:
        programs = Programs(etcd.absolute(), patroni.absolute())
        good = run(folder, programs, names, Load(services, stations, batch))
    finally:
        if keep:
            click.echo(f"kept: {folder}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    ha(prog_name="./dev ha")
