"""A seed wrapped by a passphrase: scrypt makes the key, ChaCha20-Poly1305 closes it.

Version 1: scrypt N = 2^15, r = 8, p = 1 over a salt of 16 bytes; the public half is bound to it.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cardstation.errors import Refusal
from drivers.keys.secret import Secret

_N, _R, _P = 1 << 15, 8, 1
_KEY_BYTES, _SALT_BYTES, _NONCE_BYTES = 32, 16, 12


def wrap(seed: Secret, passphrase: Secret, public: bytes) -> bytes:
    """Salt, nonce and the closed seed in one."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    return salt + nonce + _cipher(passphrase, salt).encrypt(nonce, seed.reveal(), public)


def unwrap(wrapped: bytes, passphrase: Secret, public: bytes) -> Secret:
    """The seed again.

    Raises:
        Refusal: `passphrase_wrong` (or the file was changed: nobody can tell the two apart).
    """
    salt, rest = wrapped[:_SALT_BYTES], wrapped[_SALT_BYTES:]
    try:
        opened = _cipher(passphrase, salt).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], public)
    except (InvalidTag, ValueError) as error:
        raise Refusal("passphrase_wrong") from error
    return Secret(opened)


def _cipher(passphrase: Secret, salt: bytes) -> ChaCha20Poly1305:
    kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=_N, r=_R, p=_P)
    return ChaCha20Poly1305(kdf.derive(passphrase.reveal()))
