"""Three machines with etcd and Patroni, configured by the very file that operators are given."""

from __future__ import annotations

import json
import os
import signal
import string
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import httpx
from sqlalchemy import Engine, create_engine, text

import resources
from cardstation.central.binaries import lesser_user, own, postgres_binaries
from cardstation.central.embedded import DATABASE, SERVICE
from cardstation.central.schema import prepare_database
from tests.ha.certificates import write_certificate
from tests.ha.machines import NETWORK, Machine, build_switch

SIZE = 3
PATIENCE_S = 120.0
HEAL_S = 600.0
"""A member that died replays what it had, is rewound, and replays what came since: gigabytes."""
PASSWORD = "laboratory"
REST = ("patroni", PASSWORD)
LAST_LINES = 12
PAUSE = Event()
"""Never set: waiting for it is waiting."""


class NotHealed(AssertionError):
    """The cluster did not come back to three members by itself."""


@dataclass(frozen=True)
class Programs:
    """What the laboratory runs that is not ours."""

    etcd: Path
    patroni: Path


class Cluster:
    """etcd, Patroni and PostgreSQL on three machines.

    Args:
        folder: Holds all disks and logs.
        programs: What to run.
    """

    def __init__(self, folder: Path, programs: Programs) -> None:
        build_switch()
        self.machines = [Machine(number) for number in range(1, SIZE + 1)]
        self._folder, self._programs = folder, programs
        self._lesser = lesser_user(folder)
        self._tls = folder / "tls"
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        write_certificate(self._tls, [one.address for one in self.machines])

    def start(self) -> None:
        """Start everything, wait for three members, and make the ledger's database."""
        (self._folder / "archive").mkdir()
        for machine in self.machines:
            self.disk(machine).mkdir()
            self._configure(machine)
        own(self._folder, self._lesser.uid)
        for machine in self.machines:
            self.start_etcd(machine)
        for machine in self.machines:
            self.start_patroni(machine)
        self.wait_healthy()
        prepare_database(self.dsn("postgres", "postgres"), database=DATABASE, service=SERVICE)
        engine = self.engine("postgres")
        with engine.begin() as connection:
            connection.execute(text(f"ALTER ROLE {SERVICE} PASSWORD '{PASSWORD}'"))
        engine.dispose()

    def close(self) -> None:
        """Switch all machines off: nothing writes to their disks any more."""
        for machine in self.machines:
            machine.lose_power()
        for child in self._children.values():
            child.wait()

    def disk(self, machine: Machine) -> Path:
        """What survives on a machine."""
        return self._folder / machine.name

    def dsn(self, user: str = SERVICE, database: str = DATABASE) -> str:
        """Address of whichever member leads."""
        hosts = ",".join(one.address for one in self.machines)
        ports = ",".join("5432" for _ in self.machines)
        tls = f"sslmode=verify-full&sslrootcert={self._tls / 'ca.crt'}"
        return (
            f"postgresql+psycopg://{user}:{PASSWORD}@/{database}?host={hosts}&port={ports}"
            f"&target_session_attrs=read-write&connect_timeout=2&{tls}"
        )

    def engine(self, user: str = SERVICE) -> Engine:
        """Connections to whichever member leads."""
        return create_engine(self.dsn(user), pool_size=1, pool_pre_ping=True)

    def leader(self) -> Machine:
        """The member that leads."""
        found: list[Machine] = []

        def one_leads() -> bool:
            found[:] = [one for one in self.machines if _asked(one, "primary") is not None]
            return len(found) == 1

        wait_for(one_leads, "nobody leads")
        return found[0]

    def wait_healthy(self, *, synchronous: bool = True) -> float:
        """Until three members stream, one of them synchronously if that is wanted; the seconds.

        Raises:
            NotHealed: they did not.
        """
        began = monotonic()
        wanted = ["leader", "replica", "sync_standby"] if synchronous else ["leader", "replica"]

        def healthy() -> bool:
            members = self.members()
            states = {one["state"] for one in members}
            roles = {one["role"] for one in members}
            lines = {one.get("timeline") for one in members}
            whole = len(members) == SIZE and len(lines) == 1
            return whole and states == {"running", "streaming"} and sorted(roles) == wanted

        try:
            wait_for(healthy, "no three members", patience_s=HEAL_S)
        except NotHealed as late:
            raise NotHealed(self._said()) from late
        return monotonic() - began

    def _said(self) -> str:
        """What the members are, and the last that each wrote."""
        said = [
            f"{file.parent.name}: {line}"
            for file in sorted(self._folder.glob("*/patroni.log"))
            for line in file.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]
        ]
        return "\n".join([f"members: {self.members()}", *said])

    def members(self) -> list[dict[str, Any]]:
        """What the members say of themselves, as anybody who answers has it."""
        for machine in self.machines:
            if (said := _asked(machine, "cluster")) is not None:
                return list(said["members"])
        return []

    def make_asynchronous(self) -> None:
        """Let the leader confirm what no second machine has."""
        loose = {"synchronous_mode": False, "synchronous_mode_strict": False}
        address = f"http://{self.leader().address}:8008/config"
        httpx.patch(address, json=loose, auth=REST, timeout=5).raise_for_status()
        engine = self.engine("postgres")

        def nobody_is_waited_for() -> bool:
            with engine.connect() as connection:
                return connection.scalar(text("SHOW synchronous_standby_names")) == ""

        wait_for(nobody_is_waited_for, "still synchronous")
        engine.dispose()

    def kill_postmaster(self, machine: Machine) -> None:
        """Kill the database of a machine where it stands."""
        lines = (self.disk(machine) / "data" / "postmaster.pid").read_text("ascii").split("\n")
        os.kill(int(lines[0]), signal.SIGKILL)

    def kill_etcd(self, machine: Machine) -> None:
        """Kill the member of etcd on a machine."""
        child = self._children.pop(f"{machine.name} etcd")
        child.kill()
        child.wait()

    def start_etcd(self, machine: Machine) -> None:
        """Start, or start again, the member of etcd on a machine."""
        at = machine.address
        every = ",".join(f"{one.name}=http://{one.address}:2380" for one in self.machines)
        self._start(
            machine,
            "etcd",
            *(str(self._programs.etcd), "--name", machine.name, "--logger", "zap"),
            *("--data-dir", str(self.disk(machine) / "etcd"), "--initial-cluster", every),
            *("--listen-peer-urls", f"http://{at}:2380"),
            *("--initial-advertise-peer-urls", f"http://{at}:2380"),
            *("--listen-client-urls", f"http://{at}:2379"),
            *("--advertise-client-urls", f"http://{at}:2379"),
        )

    def start_patroni(self, machine: Machine) -> None:
        """Start, or start again, Patroni on a machine, which starts PostgreSQL."""
        config = str(self.disk(machine) / "patroni.yml")
        self._start(machine, "patroni", str(self._programs.patroni), config)

    def _start(self, machine: Machine, name: str, *command: str) -> None:
        with (self.disk(machine) / f"{name}.log").open("ab") as log:
            self._children[f"{machine.name} {name}"] = subprocess.Popen(
                machine.inside([*self._lesser.command, *command]),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            )

    def _configure(self, machine: Machine) -> None:
        template = string.Template(resources.read_text("deploy/patroni.yml"))
        disk, archive = self.disk(machine), self._folder / "archive"
        filled = template.substitute(
            {
                **dict.fromkeys(_passwords(), PASSWORD),
                "NODE": machine.name,
                "ADDRESS": machine.address,
                "NETWORK": NETWORK,
                "ETCD_HOSTS": ",".join(f"{one.address}:2379" for one in self.machines),
                "DATA": str(disk / "data"),
                "RUN": str(disk),
                "TLS": str(self._tls),
                "POSTGRES_BIN": str(postgres_binaries()),
                "SHARED_BUFFERS": "256MB",
                "ARCHIVE_COMMAND": f"cp %p {archive}/%f.new && mv {archive}/%f.new {archive}/%f",
                "RESTORE_COMMAND": f"timeout 10 cp {archive}/%f %p",
            }
        )
        (disk / "patroni.yml").write_text(filled, "utf-8")


def _passwords() -> tuple[str, ...]:
    return ("REST_PASSWORD", "SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "REWIND_PASSWORD")


def _asked(machine: Machine, what: str) -> dict[str, Any] | None:
    try:
        answer = httpx.get(f"http://{machine.address}:8008/{what}", timeout=1.5, trust_env=False)
    except httpx.TransportError:
        return None
    return dict(json.loads(answer.content)) if answer.status_code == 200 else None


def wait_for(what: Callable[[], bool], or_else: str, *, patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so.

    Raises:
        NotHealed: it was not in time.
    """
    until = monotonic() + patience_s
    while not what():
        if monotonic() > until:
            raise NotHealed(or_else)
        PAUSE.wait(0.25)
