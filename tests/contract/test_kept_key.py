"""Where the device key is kept: wrapped, in the keyring, or plain for training; always one key."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cardstation.errors import Refusal
from drivers.keys import KeptDeviceKey, Secret
from drivers.keys.passphrase import given_passphrase

PHRASE, OTHER = "three tall cranes", "two short ones"
FILE = "device.key"


def key_of(home: Path, *, training: bool = False, asked: str = "") -> KeptDeviceKey:
    answer = Secret(asked.encode()) if asked else None
    return KeptDeviceKey(home, training=training, ask=lambda: answer)


def refused(home: Path, **named: str) -> str:
    with pytest.raises(Refusal) as refusal:
        key_of(home, **named).ready()  # type: ignore[arg-type]
    assert PHRASE not in str(refusal.value)
    return refusal.value.code


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring that takes everything."""
    ring: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("keyring.get_password", lambda *name: ring.get(name))
    monkeypatch.setattr(
        "keyring.set_password", lambda service, name, text: ring.update({(service, name): text})
    )
    return ring


def test_a_station_without_keyring_or_passphrase_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) == "device_key_needs_passphrase"
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_wrapped_by_the_passphrase(tmp_path: Path) -> None:
    key = key_of(tmp_path, asked=PHRASE)
    signature = key.sign(b"head")
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (key.place, json.loads(path.read_text())["kept"]) == ("passphrase", "passphrase")
    again = key_of(tmp_path, asked=PHRASE)
    assert again.sign(b"head") == signature
    unopened = key_of(tmp_path)
    assert unopened.public == key.public
    assert unopened.verify(signature, b"head")
    assert not unopened.verify(signature, b"other")
    assert refused(tmp_path) == "device_key_needs_passphrase"
    assert refused(tmp_path, asked=OTHER) == "passphrase_wrong"


def test_the_passphrase_is_asked_once_in_a_process(tmp_path: Path) -> None:
    times: list[None] = []

    def ask() -> Secret:
        times.append(None)
        return Secret(PHRASE.encode())

    key = KeptDeviceKey(tmp_path, training=False, ask=ask)
    key.ready()
    asked = len(times)
    for _ in range(3):
        key.sign(b"head")
        assert key.public
    assert len(times) == asked


def test_the_passphrase_comes_from_the_environment_or_a_credential(tmp_path: Path) -> None:
    (tmp_path / "cardstation-key").write_text(f"{PHRASE}\n")
    credential = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    given = {"CARDSTATION_KEY_PASSPHRASE": OTHER, **credential}
    assert given_passphrase(credential) == Secret(PHRASE.encode())
    assert given_passphrase(given) == Secret(OTHER.encode())
    assert given_passphrase({"CREDENTIALS_DIRECTORY": str(tmp_path / "none")}) is None
    assert given_passphrase({}) is None


def test_a_plain_key_is_wrapped_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = key_of(tmp_path, training=True)
    signature = plain.sign(b"head")
    assert plain.place == "plain"
    assert refused(tmp_path) == "device_key_needs_passphrase"
    monkeypatch.setenv("CARDSTATION_KEY_PASSPHRASE", PHRASE)
    for training in (True, False):
        key = key_of(tmp_path, training=training)
        assert key.sign(b"head") == signature
        assert key.place == "passphrase"
    assert (tmp_path / FILE).read_bytes().startswith(b"{")
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE]


def test_the_keyring_comes_first(tmp_path: Path, kept: dict[tuple[str, str], str]) -> None:
    key = key_of(tmp_path, asked=PHRASE)
    signature = key.sign(b"head")
    assert key.place == "keyring"
    assert [name for _, name in kept] == [f"device-{key.public.hex()[:16]}"]
    assert kept.popitem()[1] not in (tmp_path / FILE).read_text()
    assert key_of(tmp_path).verify(signature, b"head")
    assert refused(tmp_path, asked=PHRASE) == "device_key_not_in_keyring"


def test_wrapping_again_keeps_the_key(tmp_path: Path, kept: dict[tuple[str, str], str]) -> None:
    signature = key_of(tmp_path).sign(b"head")
    for old, new in (("", PHRASE), (PHRASE, OTHER)):
        key = key_of(tmp_path, asked=old)
        key.rewrap(Secret(new.encode()))
        assert key.place == "passphrase"
        assert key_of(tmp_path, asked=new).sign(b"head") == signature
    assert refused(tmp_path, asked=PHRASE) == "passphrase_wrong"
    assert kept


def test_a_damaged_or_open_file_is_refused(tmp_path: Path) -> None:
    key_of(tmp_path, asked=PHRASE).ready()
    path = tmp_path / FILE
    text = path.read_text()
    for damaged in (text[:40], "{}", text.replace('"version": 1', '"version": 2'), ""):
        path.write_text(damaged)
        assert refused(tmp_path, asked=PHRASE) == "secret_unreadable"
    path.write_text(text[:-30] + '"}')
    assert refused(tmp_path, asked=PHRASE) in ("passphrase_wrong", "secret_unreadable")
    path.write_text(text)
    path.chmod(0o640)
    assert refused(tmp_path, asked=PHRASE) == "secret_file_open"


def test_a_proof_makes_no_key(tmp_path: Path) -> None:
    key = key_of(tmp_path)
    assert not key.verify(bytes(64), b"head")
    assert key.place == ""
    assert list(tmp_path.iterdir()) == []
