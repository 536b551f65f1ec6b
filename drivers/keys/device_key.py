"""The station's own Ed25519 key, in memory."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from cardstation.errors import Refusal
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
        return cls(fresh_seed())

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self.__private.sign(message)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature is this key's."""
        return is_signed_by(self._public, signature, message)

    def ready(self) -> None:
        """It is."""

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self._public

    def __repr__(self) -> str:
        return f"Ed25519DeviceKey(public={self._public.hex()})"


def fresh_seed() -> Secret:
    """A new private half."""
    private = Ed25519PrivateKey.generate()
    return Secret(private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def is_signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature was made by the private half of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
