"""Keys: the same code every time, nothing for strangers, nothing secret in any text."""

from __future__ import annotations

import logging
import pickle
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardstation.errors import Refusal
from cardstation.ports.keys import CardKeys, DeviceKey
from drivers.keys import (
    CombinedCardKeys,
    DemoCardKeys,
    DerivedCardKeys,
    Ed25519DeviceKey,
    KeptDeviceKey,
    Secret,
    keep_master_secret,
    load_master_secret,
)

MASTER = bytes(range(100, 132))
CARD = "88013025000017"
SERVICES = [
    pytest.param(DemoCardKeys(), "CS01", id="demo"),
    pytest.param(DerivedCardKeys(MASTER), "CS10", id="derived"),
    pytest.param(CombinedCardKeys(MASTER), "CS01", id="combined, training"),
    pytest.param(CombinedCardKeys(MASTER), "CS10", id="combined, city"),
    pytest.param(CombinedCardKeys(lambda: Secret(MASTER)), "CS10", id="combined, asked"),
]


@pytest.mark.parametrize(("keys", "maker"), SERVICES)
def test_a_code_is_three_bytes_of_its_card_and_maker(keys: CardKeys, maker: str) -> None:
    code = keys.code_for(maker, CARD)
    assert len(code) == 3
    assert code == keys.code_for(maker, CARD)
    others = {keys.code_for(maker, f"{number:014}") for number in range(2_000)}
    assert len(others) > 1_990
    assert not others & {bytes(3), b"\xff\xff\xff"}


def test_codes_of_two_makers_and_two_masters_differ() -> None:
    one, other = DerivedCardKeys(MASTER), DerivedCardKeys(MASTER[::-1])
    assert one.code_for("CS10", CARD) != one.code_for("CS11", CARD)
    assert one.code_for("CS10", CARD) != other.code_for("CS10", CARD)
    assert one.code_for("CS1", "0" + CARD) != one.code_for("CS10", CARD)


def test_published_demo_codes_stay_as_they_are() -> None:
    """Training cards already made must open with the next version."""
    assert DemoCardKeys().code_for("CS01", CARD).hex() == "e1cd34"


def test_codes_blanks_show_are_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [b"\xff" * 32, bytes(32), b"\x01\x02\x03" + bytes(29)]

    class Rounds:
        def digest(self) -> bytes:
            return answers.pop(0)

    monkeypatch.setattr("drivers.keys.card_keys.hmac.new", lambda *_: Rounds())
    assert DerivedCardKeys(MASTER).code_for("CS10", CARD) == b"\x01\x02\x03"


@pytest.mark.parametrize(
    ("keys", "maker"),
    [
        (DemoCardKeys(), "CS10"),
        (DemoCardKeys(), "ZZ99"),
        (CombinedCardKeys(None), "CS10"),
        (CombinedCardKeys(MASTER), "ZZ99"),
    ],
)
def test_no_key_for_a_maker_that_is_not_ours(keys: CardKeys, maker: str) -> None:
    with pytest.raises(Refusal, match="no_key_for_maker"):
        keys.code_for(maker, CARD)


def test_a_master_of_a_few_bytes_is_refused() -> None:
    with pytest.raises(Refusal, match="secret_unreadable"):
        DerivedCardKeys(b"short")


def test_a_secret_shows_in_no_text(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(MASTER)
    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r:>9}", f"{[secret]}"):
        assert text.strip("[] ") == "•••"
    with caplog.at_level(logging.INFO):
        logging.getLogger("cardstation.test").info("%s %r", secret, {"key": secret})
    assert "•••" in caplog.text
    assert MASTER.hex() not in caplog.text
    for keys in (DerivedCardKeys(secret), CombinedCardKeys(secret), DemoCardKeys()):
        assert MASTER.hex() not in repr(keys)
        assert str(MASTER) not in repr(keys)
        assert not hasattr(keys, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        hash(secret)
    assert secret == Secret(MASTER)
    assert secret != Secret(b"")
    assert secret != MASTER


def test_the_master_comes_from_a_file_of_its_owner(tmp_path: Path) -> None:
    assert load_master_secret(tmp_path) is None
    assert keep_master_secret(tmp_path, Secret(MASTER)) == "file"
    path = tmp_path / "card-master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_master_secret(tmp_path) == Secret(MASTER)
    assert load_master_secret(tmp_path, keyring_first=False) == Secret(MASTER)
    keep_master_secret(tmp_path, Secret(MASTER[::-1]))
    assert load_master_secret(tmp_path) == Secret(MASTER[::-1])
    assert [entry.name for entry in tmp_path.iterdir()] == ["card-master.key"]


def test_a_file_others_may_read_is_refused(tmp_path: Path) -> None:
    keep_master_secret(tmp_path, Secret(MASTER))
    path = tmp_path / "card-master.key"
    for mode in (0o640, 0o604, 0o660, 0o602):
        path.chmod(mode)
        with pytest.raises(Refusal, match="secret_file_open") as refusal:
            load_master_secret(tmp_path)
        assert refusal.value.values == {"file": "card-master.key", "mode": f"{mode:04o}"}


@pytest.mark.parametrize("text", ["", "not hex", "12345", "é"])
def test_a_file_that_holds_no_secret_is_named_not_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card-master.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(Refusal, match="secret_unreadable") as refusal:
        load_master_secret(tmp_path)
    if text:
        assert text not in "".join(traceback.format_exception_only(refusal.value))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "card-master.key").mkdir(mode=0o700)
    with pytest.raises(Refusal, match="secret_unreadable"):
        load_master_secret(tmp_path)


def test_a_keyring_that_keeps_nothing_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine whose keyring is switched off takes every secret and has none."""
    monkeypatch.setattr("keyring.get_password", lambda *_name: None)
    monkeypatch.setattr("keyring.set_password", lambda *_what: None)
    assert keep_master_secret(tmp_path, Secret(MASTER)) == "file"
    assert load_master_secret(tmp_path) == Secret(MASTER)


def test_the_keyring_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("keyring.get_password", lambda *name: kept.get(name))
    monkeypatch.setattr(
        "keyring.set_password", lambda service, name, text: kept.update({(service, name): text})
    )
    assert load_master_secret(tmp_path) is None
    assert keep_master_secret(tmp_path, Secret(MASTER)) == "keyring"
    assert list(kept) == [("cardstation", "card-master")]
    assert load_master_secret(tmp_path) == Secret(MASTER)
    assert load_master_secret(tmp_path, keyring_first=False) is None
    assert list(tmp_path.iterdir()) == []
    kept[("cardstation", "card-master")] = "spoiled"
    with pytest.raises(Refusal, match="secret_unreadable"):
        load_master_secret(tmp_path)


def kept(home: Path) -> KeptDeviceKey:
    """The key of a training station."""
    return KeptDeviceKey(home, training=True)


def test_the_device_key_is_made_once_and_signs(tmp_path: Path) -> None:
    home = tmp_path / "fresh" / "home"
    key: DeviceKey = kept(home)
    public = key.public
    assert kept(home).public == public
    assert stat.S_IMODE((home / "device.key").stat().st_mode) == 0o600
    assert len(key.public) == 32
    signature = key.sign(b"head")
    assert len(signature) == 64
    known = Ed25519PublicKey.from_public_bytes(key.public)
    known.verify(signature, b"head")
    with pytest.raises(InvalidSignature):
        known.verify(signature, b"other")


def test_the_device_key_shows_only_its_public_half(tmp_path: Path) -> None:
    key = kept(tmp_path)
    key.ready()
    seed = (tmp_path / "device.key").read_text("ascii").strip()
    assert seed not in repr(key)
    assert Ed25519DeviceKey(Secret(bytes.fromhex(seed))).public == key.public


def test_a_device_key_of_another_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_text("00ff")
    (tmp_path / "device.key").chmod(0o600)
    with pytest.raises(Refusal, match="secret_unreadable"):
        kept(tmp_path).ready()


def test_processes_that_start_together_get_one_device_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(kept, [tmp_path] * 16))
    assert len({key.sign(b"") + key.public for key in keys}) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["device.key"]


def test_a_key_made_for_a_trial_is_kept_nowhere() -> None:
    assert Ed25519DeviceKey.generate().public != Ed25519DeviceKey.generate().public
