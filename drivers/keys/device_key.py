"""The station's own Ed25519 key, made at the first start and kept in a 0600 file."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from cardstation.errors import Refusal
from drivers.keys.sealed_file import read_sealed, write_sealed
from drivers.keys.secret import Secret

DEVICE_FILE = "device.key"
_SEED_BYTES = 32


class Ed25519DeviceKey:
    """An Ed25519 key in memory; implements `cardstation.ports.keys.DeviceKey`."""

    __slots__ = ("__private", "_public")

    def __init__(self, seed: Secret) -> None:
        if len(seed.reveal()) != _SEED_BYTES:
            raise Refusal("secret_unreadable", file=DEVICE_FILE)
        self.__private = Ed25519PrivateKey.from_private_bytes(seed.reveal())
        self._public = self.__private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @classmethod
    def generate(cls) -> Ed25519DeviceKey:
        """A fresh key that is kept nowhere; for tests and trials."""
        return cls(_fresh_seed())

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self.__private.sign(message)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature is this key's."""
        try:
            self.__private.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self._public

    def __repr__(self) -> str:
        return f"Ed25519DeviceKey(public={self._public.hex()})"


def load_or_create_device_key(home: Path) -> Ed25519DeviceKey:
    """The station's key from `device.key` in the data folder, made on first use.

    Two processes that start together get the same key.

    Raises:
        Refusal: `secret_file_open`, `secret_unreadable`.
    """
    path = home / DEVICE_FILE
    kept = read_sealed(path)
    return Ed25519DeviceKey(kept if kept is not None else write_sealed(path, _fresh_seed()))


def _fresh_seed() -> Secret:
    private = Ed25519PrivateKey.generate()
    return Secret(private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
