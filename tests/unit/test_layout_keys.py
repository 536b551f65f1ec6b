"""Keys of card layouts: the standards' vectors, each card's own, and where they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.errors import Defect, Refusal
from cardstation.ports.keys import KeyAlgorithm, KeyAsked, LayoutKey
from drivers.keys import pboc
from drivers.keys.layout_keys import AesKey, Des3Key, SoftwareLayoutKeys
from drivers.keys.layout_secrets import keep_layout_secret, kept_layout_keys
from drivers.keys.secret import Secret

AES_KEY = Secret(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))
DES_KEY = Secret(bytes.fromhex("404142434445464748494A4B4C4D4E4F"))
BLOCKS = bytes.fromhex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51")


@pytest.mark.parametrize(
    ("data", "mac"),
    [
        (b"", "BB1D6929E95937287FA37D129B756746"),
        (BLOCKS[:16], "070A16B46B4D4144F79BDD9DD04A287C"),
    ],
)
def test_a_cmac_is_the_standards(data: bytes, mac: str) -> None:
    """RFC 4493, section 4."""
    assert AesKey(AES_KEY).mac(data) == bytes.fromhex(mac)


def test_aes_is_the_standards() -> None:
    """NIST SP 800-38A, F.1.1; a chain begins with zeros, as its first block by itself."""
    key = AesKey(AES_KEY)
    first, second = "3AD77BB40D7A3660A89ECAF32466EF97", "F5D3D58503B9699DE785895A96FDBAAF"
    assert key.encrypt(BLOCKS, chained=False) == bytes.fromhex(first + second)
    assert key.encrypt(BLOCKS, chained=True)[:16] == bytes.fromhex(first)
    assert key.encrypt(BLOCKS, chained=True)[16:] != bytes.fromhex(second)


def test_a_des_mac_is_that_of_pboc() -> None:
    """ISO 9797-1 algorithm 3: what `tests/unit/test_pboc.py` proves on the reference's vectors."""
    assert Des3Key(DES_KEY).mac(b"gas") == pboc.mac(DES_KEY, b"gas")
    assert len(Des3Key(DES_KEY).mac(b"")) == 8


@pytest.mark.parametrize("key", [Des3Key(DES_KEY), AesKey(AES_KEY)])
@pytest.mark.parametrize("chained", [False, True])
def test_what_is_enciphered_is_deciphered(key: LayoutKey, chained: bool) -> None:
    closed = key.encrypt(BLOCKS, chained=chained)
    assert closed != BLOCKS
    assert key.decrypt(closed, chained=chained) == BLOCKS
    with pytest.raises(Defect):
        key.encrypt(BLOCKS[:-1], chained=chained)


def holder(secret: Secret | None, asked: list[tuple[str, str]] | None = None) -> SoftwareLayoutKeys:
    def found(layout: str, name: str) -> Secret | None:
        if asked is not None:
            asked.append((layout, name))
        return secret

    return SoftwareLayoutKeys(found)


def ask(algorithm: KeyAlgorithm, factor: str = "") -> KeyAsked:
    return KeyAsked("x1", "mac", algorithm, bytes.fromhex(factor))


def test_every_card_has_its_own_key() -> None:
    """3DES by the reference's chain (cards 3.3 C): its right eight bytes; AES by CMAC."""
    card = holder(DES_KEY).key_for(ask(KeyAlgorithm.DES3, "FF" + "0000001234567890"))
    assert card.mac(b"gas") == pboc.mac(
        Secret(bytes.fromhex("8FE0A05E675C2FC276A470AB7454C4FE")), b"gas"
    )
    short = holder(DES_KEY).key_for(ask(KeyAlgorithm.DES3, "1234567890"))
    assert short.mac(b"gas") == card.mac(b"gas")
    own = AesKey(Secret(AesKey(AES_KEY).mac(b"\x88\x01")))
    assert holder(AES_KEY).key_for(ask(KeyAlgorithm.AES, "8801")).mac(b"gas") == own.mac(b"gas")
    for algorithm, master in ((KeyAlgorithm.AES, AES_KEY), (KeyAlgorithm.DES3, DES_KEY)):
        same = holder(master).key_for(ask(algorithm))
        kind = AesKey if algorithm is KeyAlgorithm.AES else Des3Key
        assert same.mac(b"gas") == kind(master).mac(b"gas")


def test_a_key_is_looked_for_once_and_again_only_while_it_is_missing() -> None:
    asked: list[tuple[str, str]] = []
    keys = holder(AES_KEY, asked)
    for factor in ("01", "02"):
        keys.key_for(ask(KeyAlgorithm.AES, factor))
    assert asked == [("x1", "mac")]
    keys = holder(None, asked)
    for _ in range(2):
        with pytest.raises(Refusal, match="layout_key_missing") as stop:
            keys.key_for(ask(KeyAlgorithm.AES))
    assert stop.value.values == {"layout": "x1", "name": "mac"}
    assert len(asked) == 3


def test_a_key_of_another_length_is_none_of_the_algorithms() -> None:
    assert holder(Secret(bytes(8))).key_for(ask(KeyAlgorithm.DES3)).mac(b"gas")
    with pytest.raises(Refusal, match="layout_key_malformed"):
        holder(Secret(bytes(8))).key_for(ask(KeyAlgorithm.AES))


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.keys.layout_secrets.read_keyring", lambda _name: None)
    monkeypatch.setattr("drivers.keys.layout_secrets.write_keyring", lambda _name, _secret: False)


@pytest.mark.usefixtures("no_keyring")
def test_a_key_is_kept_in_a_file_of_its_owner(tmp_path: Path) -> None:
    assert keep_layout_secret(tmp_path, "x1", "mac", AES_KEY) == "file"
    assert (tmp_path / "layout-x1.mac.key").stat().st_mode & 0o077 == 0
    key = kept_layout_keys(tmp_path).key_for(ask(KeyAlgorithm.AES))
    assert key.mac(b"gas") == AesKey(AES_KEY).mac(b"gas")
    with pytest.raises(Refusal, match="layout_key_missing"):
        kept_layout_keys(tmp_path / "other").key_for(ask(KeyAlgorithm.AES))


def test_a_keyring_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring: dict[str, Secret] = {}

    def keep(name: str, secret: Secret) -> bool:
        ring[name] = secret
        return True

    monkeypatch.setattr("drivers.keys.layout_secrets.write_keyring", keep)
    monkeypatch.setattr("drivers.keys.layout_secrets.read_keyring", ring.get)
    assert keep_layout_secret(tmp_path, "x1", "mac", AES_KEY) == "keyring"
    assert not list(tmp_path.iterdir())
    assert kept_layout_keys(tmp_path).key_for(ask(KeyAlgorithm.AES)).mac(b"")


@pytest.mark.usefixtures("no_keyring")
def test_a_key_is_typed_unseen_and_said_by_its_place_only(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    hidden: list[object] = []

    def typed(given: str, layout: str = "x1") -> tuple[int, str]:
        def prompt(_text: str, **how: object) -> str:
            hidden.append(how["hide_input"])
            return given

        monkeypatch.setattr("cardstation.cli.keys.click.prompt", prompt)
        status = main(doors(), COMMANDS, ["keys", "layout", layout, "mac", "--json"])
        return status, "".join(capfd.readouterr())

    status, said = typed(AES_KEY.reveal().hex())
    assert status == 0
    assert json.loads(said) | {"place": "file", "layout": "x1", "key": "mac"} == json.loads(said)
    assert AES_KEY.reveal().hex() not in said.lower()
    for wrong, layout in (("a5" * 15, "x1"), ("no hex", "x1"), ("a5" * 16, "../x1")):
        status, said = typed(wrong, layout)
        assert (status, "layout_key_malformed" in said) == (3, True)
    assert all(hidden)
