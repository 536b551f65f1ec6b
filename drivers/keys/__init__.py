"""Keys: card codes and the station's signing key."""

from __future__ import annotations

from drivers.keys.card_keys import CombinedCardKeys, DemoCardKeys, DerivedCardKeys
from drivers.keys.device_key import Ed25519DeviceKey
from drivers.keys.kept_key import KeptDeviceKey
from drivers.keys.master_secret import (
    keep_master_secret,
    load_master_secret,
    place_of_master_secret,
)
from drivers.keys.pin import Argon2Pin
from drivers.keys.pinned_centre import PinnedCentre
from drivers.keys.secret import Secret

__all__ = [
    "Argon2Pin",
    "CombinedCardKeys",
    "DemoCardKeys",
    "DerivedCardKeys",
    "Ed25519DeviceKey",
    "KeptDeviceKey",
    "PinnedCentre",
    "Secret",
    "keep_master_secret",
    "load_master_secret",
    "place_of_master_secret",
]
