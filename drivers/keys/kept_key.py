"""Where the device key is kept: the OS keyring, a wrapped 0600 file, or, for training, a plain one.

`device.key` always stands in the data folder. It is a seed in hex (plain), or small JSON with the
public half, so that a proof needs no passphrase:

    {"version": 1, "public": hex, "kept": "keyring" | "passphrase", "wrapped": hex}
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cardstation.errors import Refusal
from drivers.keys.device_key import DEVICE_FILE, Ed25519DeviceKey, fresh_seed, is_signed_by
from drivers.keys.os_keyring import read_keyring, write_keyring
from drivers.keys.passphrase import Ask, given_passphrase, nobody
from drivers.keys.sealed_file import read_own, unsealed, write_own
from drivers.keys.secret import Secret
from drivers.keys.wrapping import unwrap, wrap

PUBLIC_BYTES = 32
PLAIN, KEYRING, PASSPHRASE = "plain", "keyring", "passphrase"


@dataclass(frozen=True, slots=True)
class _Kept:
    """What stands in the file."""

    version: int
    public: str
    kept: str
    wrapped: str = ""


class KeptDeviceKey:
    """The station's key, opened once when it first signs; implements `ports.keys.DeviceKey`.

    Args:
        home: The data folder; the file is `device.key` in it.
        training: A plain file will do: the codes of training cards are public on purpose.
        ask: Asks the terminal for the passphrase, where there is one.
    """

    __slots__ = ("_ask", "_key", "_path", "_public", "_training")

    def __init__(self, home: Path, *, training: bool, ask: Ask = nobody) -> None:
        self._path = home / DEVICE_FILE
        self._training = training
        self._ask = ask
        self._key: Ed25519DeviceKey | None = None
        self._public = b""

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes.

        Raises:
            Refusal: as `ready`.
        """
        return self._opened().sign(message)

    def ready(self) -> None:
        """Open the key now, once.

        Raises:
            Refusal: `device_key_needs_passphrase`, `passphrase_wrong`, `device_key_not_in_keyring`,
                `secret_file_open`, `secret_unreadable`.
        """
        self._opened()

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature is this key's; False where no key was ever made."""
        return self.made and is_signed_by(self.public, signature, message)

    @property
    def made(self) -> bool:
        """Whether there is a key; from then on it is the station's for ever."""
        return bool(self._public) or self._read() is not None

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes, looked up once; the key is made when there is none."""
        if not self._public:
            self._public = self._look_up()
        return self._public

    @property
    def place(self) -> str:
        """Where the private half is: `plain`, `keyring`, `passphrase`, or empty for nowhere."""
        kept = self._read()
        if kept is None:
            return ""
        return PLAIN if isinstance(kept, Ed25519DeviceKey) else kept.kept

    def rewrap(self, passphrase: Secret) -> None:
        """Wrap the same key by a (new) passphrase; it is in the file from then on.

        Raises:
            Refusal: as `ready`.
        """
        seed = self._seed()
        _write(self._path, seed, PASSPHRASE, wrapped_by=passphrase, replace=True)
        self._key = Ed25519DeviceKey(seed)

    def __repr__(self) -> str:
        return f"KeptDeviceKey(place={self.place!r})"

    def _look_up(self) -> bytes:
        kept = self._read()
        if kept is None or self._key is not None:
            return self._opened().public
        return kept.public if isinstance(kept, Ed25519DeviceKey) else bytes.fromhex(kept.public)

    def _opened(self) -> Ed25519DeviceKey:
        if self._key is None:
            self._key = Ed25519DeviceKey(self._seed())
        return self._key

    def _seed(self) -> Secret:
        """The private half; made, or moved to a better place, on the way."""
        kept = self._read()
        if kept is None:
            # Whoever was first: the key that stands in the file is the station's.
            self._keep(fresh_seed(), replace=False)
            return self._seed()
        if isinstance(kept, _Kept):
            return self._unlocked(kept)
        seed = unsealed(read_own(self._path) or b"", DEVICE_FILE)
        if not self._training or given_passphrase() is not None:
            self._keep(seed, replace=True)
        return seed

    def _keep(self, seed: Secret, *, replace: bool) -> bool:
        """Put a seed where it is kept best; False when another process was first."""
        public = Ed25519DeviceKey(seed).public
        passphrase = given_passphrase()
        if passphrase is None and self._training:
            return write_own(self._path, seed.reveal().hex().encode() + b"\n", replace=replace)
        if passphrase is None and write_keyring(_name(public), seed):
            return _write(self._path, seed, KEYRING, replace=replace)
        passphrase = passphrase or self._ask()
        if passphrase is None:
            raise Refusal("device_key_needs_passphrase")
        return _write(self._path, seed, PASSPHRASE, wrapped_by=passphrase, replace=replace)

    def _unlocked(self, kept: _Kept) -> Secret:
        public = bytes.fromhex(kept.public)
        if kept.kept == KEYRING:
            seed = read_keyring(_name(public))
            if seed is None:
                raise Refusal("device_key_not_in_keyring")
        else:
            passphrase = given_passphrase() or self._ask()
            if passphrase is None:
                raise Refusal("device_key_needs_passphrase")
            seed = unwrap(bytes.fromhex(kept.wrapped), passphrase, public)
        if Ed25519DeviceKey(seed).public != public:
            raise Refusal("secret_unreadable", file=DEVICE_FILE)
        return seed

    def _read(self) -> _Kept | Ed25519DeviceKey | None:
        text = read_own(self._path)
        if text is None:
            return None
        if not text.startswith(b"{"):
            return Ed25519DeviceKey(unsealed(text, DEVICE_FILE))
        try:
            kept = _Kept(**json.loads(text))
            whole = (
                len(bytes.fromhex(kept.public)) == 32 and bytes.fromhex(kept.wrapped) is not None
            )
        except (ValueError, TypeError) as error:
            raise Refusal("secret_unreadable", file=DEVICE_FILE) from error
        if not whole or kept.version != 1 or kept.kept not in (KEYRING, PASSPHRASE):
            raise Refusal("secret_unreadable", file=DEVICE_FILE)
        return kept


def _write(
    path: Path, seed: Secret, kept: str, *, wrapped_by: Secret | None = None, replace: bool
) -> bool:
    public = Ed25519DeviceKey(seed).public
    wrapped = "" if wrapped_by is None else wrap(seed, wrapped_by, public).hex()
    told = json.dumps(asdict(_Kept(1, public.hex(), kept, wrapped)))
    return write_own(path, told.encode() + b"\n", replace=replace)


def _name(public: bytes) -> str:
    """Of the key in the keyring: every station of a machine has its own."""
    return f"device-{public.hex()[:16]}"
