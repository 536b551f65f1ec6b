"""The centre's own signing key: made at the first start, kept in a file only its owner may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardstation.errors import Refusal

KEY_FILE = "centre.key"
_SEED_BYTES = 32


class CentreKey:
    """An Ed25519 key in memory.

    Args:
        seed: 32 secret bytes.
    """

    __slots__ = ("__private",)

    def __init__(self, seed: bytes) -> None:
        self.__private = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def generate(cls) -> CentreKey:
        """A fresh key that is kept nowhere; for tests and trials."""
        return cls(os.urandom(_SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self.__private.sign(message)

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes; stations pin it when they enrol."""
        return self.__private.public_key().public_bytes_raw()


def load_or_create_centre_key(path: Path) -> CentreKey:
    """The key in a file of mode 0600, made on first use.

    Raises:
        Refusal: `secret_file_open` (others may read it), `secret_unreadable`.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _write(path, os.urandom(_SEED_BYTES))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Refusal("secret_file_open", file=str(path), mode=f"{mode:04o}")
    seed = path.read_bytes()
    if len(seed) != _SEED_BYTES:
        raise Refusal("secret_unreadable", file=str(path))
    return CentreKey(seed)


def _write(path: Path, seed: bytes) -> None:
    """Make the file whole or not at all; of two that start together the first one's key stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
