"""Checks who sent a request: the station's Ed25519 signature over the message."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def genuine(public: bytes, signature: bytes, signed: bytes) -> bool:
    """Whether a signature over `signed` was made by the owner of a raw public key (RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
