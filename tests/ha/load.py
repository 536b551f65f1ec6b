"""Stations that push without end, and write down each acknowledgement the moment they have it.

A process of its own (`python -m tests.ha.load ORDER`), so that it can stand on either side of a
cut wire. It ends when its standard input closes.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.ledger_load import Facts
from tests.kit.postgres import TestPin

REST_S = 0.1
WITHOUT_END = 10**9


@dataclass(frozen=True)
class Order:
    """What a load process is asked for.

    Attributes:
        urls: Services; a station speaks with one of them.
        stations: Name → private key, hex; enrolled already.
        pin: The centre's public key, hex.
        batch: Entries per push.
        acks: Where each acknowledgement is written: time, station, number, hash.
    """

    urls: list[str]
    stations: dict[str, str]
    pin: str
    batch: int
    acks: str


@dataclass(frozen=True)
class Ack:
    """One acknowledgement: all of a station up to a number, and when it was heard."""

    at: float
    station: str
    seq: int
    hash: str


def read_acks(file: Path) -> list[Ack]:
    """What a load process wrote down so far."""
    lines = file.read_text("ascii").split("\n")[:-1] if file.exists() else []
    told = (line.split() for line in lines)
    return [Ack(float(at), station, int(seq), digest) for at, station, seq, digest in told]


class KeptKey:
    """A device key that was made elsewhere; implements `ports.keys.DeviceKey`."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def ready(self) -> None: ...

    def verify(self, signature: bytes, message: bytes) -> bool:
        return self.sign(message) == signature

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()


class Sender(threading.Thread):
    """One station: pushes what follows its last acknowledgement, until it is told to stop."""

    def __init__(self, order: Order, at: int, name: str, stop: threading.Event, file: int) -> None:
        super().__init__(name=name)
        key = KeptKey(bytes.fromhex(order.stations[name]))
        pin = TestPin(bytes.fromhex(order.pin))
        self._ledger = HttpLedger(order.urls[at % len(order.urls)], name, key, pin)
        self._facts = Facts(name, WITHOUT_END, order.batch)
        self._ending, self._file, self._acked = stop, file, 0
        self.troubles: Counter[str] = Counter()

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                head = self._ledger.head()
                if head.last_seq < self._acked:
                    self.troubles["the books forgot"] += 1
                    break
                self._push_on(head.nonce)
            except LedgerUnreachable:
                self.troubles["unreachable"] += 1
                self._ending.wait(REST_S)
            except LedgerRefused as refused:
                self.troubles[refused.code] += 1
                if refused.code != "nonce_stale":
                    break
        self._ledger.close()

    def _push_on(self, nonce: str) -> None:
        while not self._ending.is_set():
            ack = self._ledger.push(self._facts.since(self._acked), nonce)
            line = f"{monotonic():.3f} {self.name} {ack.acked_seq} {ack.acked_hash}\n"
            os.write(self._file, line.encode("ascii"))
            self._acked, nonce = ack.acked_seq, ack.nonce
            self._facts.forget(self._acked)


def main(arguments: Sequence[str]) -> None:
    """Push until standard input closes; then say what went wrong on the way."""
    order = Order(**json.loads(Path(arguments[0]).read_text("utf-8")))
    stop = threading.Event()
    file = os.open(order.acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    names = enumerate(sorted(order.stations))
    senders = [Sender(order, at, name, stop, file) for at, name in names]
    for sender in senders:
        sender.start()
    sys.stdin.buffer.read()
    stop.set()
    for sender in senders:
        sender.join()
    os.close(file)
    troubles: Counter[str] = Counter()
    for sender in senders:
        troubles.update(sender.troubles)
    sys.stdout.write(json.dumps(troubles))


def write_order(order: Order, file: Path) -> None:
    """Keep an order for `main`."""
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(order)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
