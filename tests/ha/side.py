"""One side of a wire: ledger services, and stations that push to them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from cardstation.central.centre_key import load_or_create_centre_key
from cardstation.central.tables import stations
from cardstation.cli.central_orders import DSN_VARIABLE
from cardstation.domain.ledger import GENESIS
from tests.ha.cluster import Cluster
from tests.ha.load import Ack, Order, read_acks, write_order
from tests.ha.machines import Machine

GONE_S = 60.0


class Side:
    """What stands on one side, while it stands.

    Attributes:
        names: Its stations.

    Args:
        cluster: The database.
        folder: Holds its logs, orders and acknowledgements.
        name: Begins the names of its stations.
        machine: Where it stands; None = beside all machines.
    """

    def __init__(
        self, cluster: Cluster, folder: Path, name: str, machine: Machine | None = None
    ) -> None:
        self.names: list[str] = []
        self._cluster, self._machine = cluster, machine
        self._folder, self._name = folder / name, name
        self._folder.mkdir()
        self._key = folder / "centre.key"

    @contextmanager
    def pushing(self, *, services: int, many: int, batch: int) -> Iterator[None]:
        """Serve and push; at the end all is stopped."""
        self.names = [f"{self._name}{number:02d}" for number in range(1, many + 1)]
        with ExitStack() as ending:
            urls = [self._serve(number, ending) for number in range(services)]
            key = load_or_create_centre_key(self._key)
            acks = str(self._folder / "acks")
            order = Order(urls, self._enrol(), key.public.hex(), batch, acks)
            write_order(order, self._folder / "order.json")
            self._leashed("load", ending, "tests.ha.load", str(self._folder / "order.json"))
            yield

    def acks(self) -> list[Ack]:
        """What its stations heard so far."""
        return read_acks(self._folder / "acks")

    def _serve(self, number: int, ending: ExitStack) -> str:
        words = ("serve", "--leashed", "--json", "--key", str(self._key))
        child = self._leashed(f"service{number}", ending, "cardstation.cli.central", *words)
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line, (self._folder / f"service{number}.log").read_text("utf-8")
        return str(json.loads(line)["url"])

    def _leashed(
        self, name: str, ending: ExitStack, module: str, *words: str
    ) -> subprocess.Popen[bytes]:
        """A process of ours that ends when its standard input closes."""
        command = [sys.executable, "-m", module, *words]
        with (self._folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                self._machine.inside(command) if self._machine else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, DSN_VARIABLE: self._cluster.dsn()},
            )

        def end() -> None:
            said, _ = child.communicate(timeout=GONE_S)
            (self._folder / f"{name}.said").write_bytes(said)
            assert child.returncode == 0, (self._folder / f"{name}.log").read_text("utf-8")

        ending.callback(end)
        return child

    def _enrol(self) -> dict[str, str]:
        keys = {name: Ed25519PrivateKey.generate() for name in self.names}
        engine = self._cluster.engine("postgres")
        with engine.begin() as connection:
            connection.execute(
                insert(stations),
                [
                    {
                        "station": name,
                        "epoch": 1,
                        "public_key": key.public_key().public_bytes_raw(),
                        "status": "active",
                        "last_seq": 0,
                        "last_hash": bytes.fromhex(GENESIS),
                        "nonce": name,
                    }
                    for name, key in keys.items()
                ],
            )
        engine.dispose()
        return {name: key.private_bytes_raw().hex() for name, key in keys.items()}
