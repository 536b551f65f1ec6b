"""Keys of card layouts: the station's masters by name, and each card's own key made of them.

A card's key under triple DES is PBOC's diversification of the factor's right eight bytes (zeros
before a shorter one); under AES the CMAC of the factor. Nothing here leaves but MACs and ciphers.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from cardstation.errors import Refusal, ensure
from cardstation.ports.keys import KeyAlgorithm, KeyAsked, LayoutKey
from drivers.keys import pboc
from drivers.keys.secret import Secret

KEY_BYTES = {KeyAlgorithm.DES3: (8, 16), KeyAlgorithm.AES: (16,)}
_ECB = modes.ECB()  # noqa: S305  # what the makers' papers say; chaining is the sheet's choice
_AES_BLOCK = 16


class SoftwareLayoutKeys:
    """Computes with masters in memory; implements `cardstation.ports.keys.LayoutKeys`.

    Args:
        found: The master of a layout's key by their names, None = not here. It is asked once for
            each, when the first card needs it: a keyring is slow.
    """

    __slots__ = ("_found", "_masters")

    def __init__(self, found: Callable[[str, str], Secret | None]) -> None:
        self._found = found
        self._masters: dict[tuple[str, str], Secret] = {}

    def key_for(self, asked: KeyAsked) -> LayoutKey:
        """A card's key.

        Raises:
            Refusal: `layout_key_missing`, `layout_key_malformed`, `secret_file_open`,
                `secret_unreadable`.
        """
        master = self._master(asked)
        if asked.algorithm is KeyAlgorithm.AES:
            return AesKey(Secret(_cmac(master, asked.factor)) if asked.factor else master)
        if not asked.factor:
            return Des3Key(master)
        factor = asked.factor[-pboc.BLOCK :].rjust(pboc.BLOCK, b"\x00")
        return Des3Key(pboc.diversified(master, factor))

    def _master(self, asked: KeyAsked) -> Secret:
        name = (asked.layout, asked.name)
        if name not in self._masters:
            master = self._found(*name)
            if master is None:
                raise Refusal("layout_key_missing", layout=asked.layout, name=asked.name)
            if len(master.reveal()) not in KEY_BYTES[asked.algorithm]:
                raise Refusal("layout_key_malformed", layout=asked.layout, name=asked.name)
            self._masters[name] = master
        return self._masters[name]


class Des3Key:
    """Triple DES with two keys, or DES; implements `cardstation.ports.keys.LayoutKey`."""

    __slots__ = ("_key",)

    def __init__(self, key: Secret) -> None:
        self._key = key

    def mac(self, data: bytes) -> bytes:
        """ISO 9797-1 algorithm 3 over the data padded by 80 00…, eight bytes."""
        return pboc.mac(self._key, data)

    def encrypt(self, data: bytes, *, chained: bool) -> bytes:
        """Whole blocks of eight bytes."""
        return pboc.encrypt_chained(self._key, data) if chained else pboc.encrypt(self._key, data)

    def decrypt(self, data: bytes, *, chained: bool) -> bytes:
        """The inverse of `encrypt`."""
        return pboc.decrypt_chained(self._key, data) if chained else pboc.decrypt(self._key, data)


class AesKey:
    """AES-128; implements `cardstation.ports.keys.LayoutKey`."""

    __slots__ = ("_key",)

    def __init__(self, key: Secret) -> None:
        self._key = key

    def mac(self, data: bytes) -> bytes:
        """CMAC, sixteen bytes."""
        return _cmac(self._key, data)

    def encrypt(self, data: bytes, *, chained: bool) -> bytes:
        """Whole blocks of sixteen bytes."""
        return self._cipher(chained).encryptor().update(_whole(data))

    def decrypt(self, data: bytes, *, chained: bool) -> bytes:
        """The inverse of `encrypt`."""
        return self._cipher(chained).decryptor().update(_whole(data))

    def _cipher(self, chained: bool) -> Cipher[modes.CBC | modes.ECB]:
        return Cipher(AES(self._key.reveal()), modes.CBC(bytes(_AES_BLOCK)) if chained else _ECB)


def _whole(data: bytes) -> bytes:
    ensure(not len(data) % _AES_BLOCK, "whole blocks only")
    return data


def _cmac(key: Secret, data: bytes) -> bytes:
    made = CMAC(AES(key.reveal()))
    made.update(data)
    return made.finalize()
