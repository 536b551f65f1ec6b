"""What happens to the cluster: each fault is done, held for a while, and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.ha.cluster import Cluster
from tests.ha.machines import Machine

Act = Callable[[Cluster, Machine], None]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with the member that leads.

    Attributes:
        name: On the command line and in the figures.
        does, undoes: To the leader at the time of the fault.
        held_s: Between the two; longer than the lease of 20 s where that is the point.
        cut_off: Stations stand beside the leader, too, and stay with it.
    """

    name: str
    does: Act
    undoes: Act
    held_s: float
    cut_off: bool = False


def _nothing(_cluster: Cluster, _leader: Machine) -> None: ...


def _lose_power(_cluster: Cluster, leader: Machine) -> None:
    leader.lose_power()


def _boot(cluster: Cluster, leader: Machine) -> None:
    cluster.start_etcd(leader)
    cluster.start_patroni(leader)


def _others(cluster: Cluster, leader: Machine) -> list[Machine]:
    return [one for one in cluster.machines if one is not leader]


def _end_etcd(cluster: Cluster, leader: Machine) -> None:
    for machine in _others(cluster, leader):
        cluster.kill_etcd(machine)


def _begin_etcd(cluster: Cluster, leader: Machine) -> None:
    for machine in _others(cluster, leader):
        cluster.start_etcd(machine)


FAULTS = (
    Fault("kill", Cluster.kill_postmaster, _nothing, 15),
    Fault("power", _lose_power, _boot, 35),
    Fault("freeze", lambda _, leader: leader.freeze(), lambda _, leader: leader.thaw(), 45),
    Fault(
        "partition",
        lambda _, leader: leader.unplug(),
        lambda _, leader: leader.plug(),
        45,
        cut_off=True,
    ),
    Fault("etcd", _end_etcd, _begin_etcd, 30),
)
CONTROL = "control"
"""The partition again, with a cluster that confirms what no second machine has: it must lose."""
