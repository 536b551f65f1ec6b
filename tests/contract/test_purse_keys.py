"""Whoever holds the keys of purses says the same, and no key is seen: module, token, program."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.errors import CardNotGenuine, CardStationError, Mishap
from cardstation.logs import TRAFFIC
from cardstation.ports.purse import (
    LoadOpening,
    LoadPlan,
    LoadTruth,
    PurseKeys,
    PurseKind,
    PurseStand,
)
from cardstation.settings import save_setting
from drivers.keys.hsm import HsmLabels, HsmPurseKeys, TokenSession, open_token
from drivers.keys.psam import PsamPurseKeys
from drivers.keys.purse_keys import PurseMasters, SoftwarePurseKeys, training_masters
from drivers.keys.purse_secrets import keep_purse_secret
from drivers.keys.secret import Secret
from drivers.readers.wrappers import Fault, FaultKind, TracedLink
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.psam import TERMINAL, VirtualPsam
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.proven import not_proven
from tests.kit.purses import AT, PurseDesk, order, psam, stranger_masters
from tests.kit.scripted import ScriptedLink

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = Secret(b"5678")
CITY = bytes.fromhex("0000000000510100")
LEVELS: list[tuple[bytes, ...]] = [(), (CITY,)]
CARD = VirtualPurseCard().serial
DEMO = training_masters()


@pytest.fixture(scope="session")
def token_conf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token with the training area's masters in it, sensitive and not extractable."""
    if not LIBRARY.exists():
        not_proven("no SoftHSM on this machine")
    from pkcs11 import Attribute, KeyType, ObjectClass, lib

    home = tmp_path_factory.mktemp("token")
    (home / "tokens").mkdir()
    kept = home / "softhsm2.conf"
    kept.write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(kept))
        init = ["softhsm2-util", "--init-token", "--free", "--label", "gas"]
        subprocess.run(
            [*init, "--so-pin", "1234", "--pin", "5678"], check=True, capture_output=True
        )
        labels = HsmLabels()
        with lib(str(LIBRARY)).get_token(token_label="gas").open(rw=True, user_pin="5678") as own:
            for label, master in (
                (labels.load, DEMO.load),
                (labels.external, DEMO.external),
                (labels.line, DEMO.line),
            ):
                own.create_object(
                    {
                        Attribute.CLASS: ObjectClass.SECRET_KEY,
                        Attribute.KEY_TYPE: KeyType.DES2,
                        Attribute.LABEL: label,
                        Attribute.VALUE: master.reveal(),
                        Attribute.DERIVE: True,
                        Attribute.SENSITIVE: True,
                        Attribute.EXTRACTABLE: False,
                        Attribute.TOKEN: True,
                    }
                )
        yield kept


@pytest.fixture(scope="session")
def token(token_conf: Path) -> Iterator[TokenSession]:
    """Logged in to it."""
    with open_token(str(LIBRARY), "gas", PIN) as session:
        yield session


DESK = """
import sys
from pathlib import Path
from cardstation.bootstrap.purses import purse_keys, said_of_purses
from cardstation.settings import load_settings
from drivers.makers import MAKERS
from tests.kit.purses import PurseDesk
settings = load_settings(Path(sys.argv[1]), {})
desk = PurseDesk(purse_keys(settings))
plan = desk.planned()
desk.powered().load(plan, desk.keys)
desk.keys.close()
print(said_of_purses(settings, MAKERS), desk.stands().balance_fen)
"""


def test_a_desk_of_real_settings_loads_by_its_token(token_conf: Path, tmp_path: Path) -> None:
    """In a process of its own: a process logs in to a token once."""
    given = {"purse_keys": "token", "purse_maker": "CP10", "purse_token": "gas"}
    save_setting(tmp_path, **given, purse_library=str(LIBRARY))
    keep_purse_secret(tmp_path, "pin", PIN, keyring_first=False)
    backend = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    told = subprocess.run(
        [sys.executable, "-c", DESK, str(tmp_path)],
        env={**os.environ, **backend, "SOFTHSM2_CONF": str(token_conf)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout == "CP10, token gas, terminal 000000000001 5000\n", told.stderr
    assert PIN.reveal().decode() not in (tmp_path / "settings.toml").read_text()


def program(levels: tuple[bytes, ...]) -> SoftwarePurseKeys:
    return SoftwarePurseKeys(replace(DEMO, levels=levels), TERMINAL)


def module(levels: tuple[bytes, ...]) -> PsamPurseKeys:
    slot = VirtualReader("slot")
    slot.insert(VirtualCard(VirtualPsam()))
    presence = slot.wait_card(0)
    assert presence is not None
    return PsamPurseKeys(slot.open(presence), levels=levels)


@pytest.fixture(params=["module", "token"])
def holder(request: pytest.FixtureRequest) -> Callable[[tuple[bytes, ...]], PurseKeys]:
    if request.param == "module":
        return module
    session = request.getfixturevalue("token")
    return lambda levels: HsmPurseKeys(session, TERMINAL, levels=levels)


def opened(levels: tuple[bytes, ...], kind: PurseKind) -> LoadOpening:
    """What a card of these levels answers to INITIALIZE FOR LOAD."""
    chip = VirtualPurseCard(masters=replace(DEMO, levels=levels))
    chip.stand(kind, balance=777, online=258)
    return PurseDesk(program(levels), chip=chip).powered()._open(order(kind=kind))


@pytest.mark.parametrize("levels", LEVELS, ids=["own", "city"])
@pytest.mark.parametrize("kind", PurseKind)
def test_all_answer_a_load_alike(
    holder: Callable[[tuple[bytes, ...]], PurseKeys], levels: tuple[bytes, ...], kind: PurseKind
) -> None:
    keys, opening = holder(levels), opened(levels, kind)
    wanted = program(levels).accept(CARD, order(kind=kind), opening)
    assert keys.accept(CARD, order(kind=kind), opening) == wanted
    assert keys.terminal == program(levels).terminal == TERMINAL
    for wrong in (
        replace(opening, mac1=bytes(4)),
        replace(opening, challenge=bytes(4)),
        replace(opening, stand=PurseStand(778, 258)),
        replace(opening, stand=PurseStand(777, 259)),
    ):
        with pytest.raises(CardNotGenuine):
            keys.accept(CARD, order(kind=kind), wrong)
    with pytest.raises(CardNotGenuine):
        keys.accept(bytes(10), order(kind=kind), opening)
    with pytest.raises(CardNotGenuine):
        keys.accept(CARD, order(fen=1, kind=kind), opening)


@pytest.mark.parametrize("levels", LEVELS, ids=["own", "city"])
@pytest.mark.parametrize("size", [1, 2, 7, 8, 15, 48])
def test_all_protect_and_authenticate_alike(
    holder: Callable[[tuple[bytes, ...]], PurseKeys], levels: tuple[bytes, ...], size: int
) -> None:
    keys, own = holder(levels), program(levels)
    for challenge in (bytes.fromhex("9B361B26"), bytes.fromhex("9B361B26CB9FA8C8")):
        answered = keys.authentication(CARD, challenge)
        assert answered == own.authentication(CARD, challenge)
    head, data = bytes.fromhex("04D68100"), bytes(range(size))
    for encrypted in (False, True):
        sent = keys.protected(CARD, bytes(4), head, data, encrypted=encrypted)
        assert sent == own.protected(CARD, bytes(4), head, data, encrypted=encrypted)
        assert (data in sent) is not encrypted or size == 1


@pytest.mark.parametrize("levels", LEVELS, ids=["own", "city"])
def test_a_card_is_loaded_and_its_files_written_with_each(
    holder: Callable[[tuple[bytes, ...]], PurseKeys], levels: tuple[bytes, ...]
) -> None:
    chip = VirtualPurseCard(masters=replace(DEMO, levels=levels))
    desk = PurseDesk(holder(levels), chip=chip)
    plan = desk.planned()
    tac = desk.powered().load(plan, desk.keys)
    assert desk.keys.tac_fits(plan, tac) is None
    assert program(levels).tac_fits(plan, tac) is True
    assert program(levels).tac_fits(plan, bytes(4)) is False
    finding = desk.powered().find_out(plan, desk.keys)
    assert (finding.truth, finding.tac) == (LoadTruth.DONE, tac)
    purse = desk.powered()
    purse.authenticate(desk.keys)


def secrets(masters: PurseMasters) -> Iterator[Secret]:
    """Every key a masters' card has, and the masters."""
    found = (masters.load, masters.external, masters.line, masters.internal)
    for master in found:
        assert master is not None
        yield from (master, masters.of(master, CARD))


def test_no_key_is_in_a_text_an_error_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    texts: list[str] = [repr(DEMO), str(DEMO), f"{DEMO}", repr(program(())), str(vars(PurseDesk()))]
    stranger = SoftwarePurseKeys(stranger_masters(), TERMINAL)
    texts.append(repr(stranger))
    slot = VirtualReader("slot", wrap=TracedLink)
    slot.insert(VirtualCard(VirtualPsam()))
    presence = slot.wait_card(0)
    assert presence is not None
    with caplog.at_level(TRAFFIC):
        keys = PsamPurseKeys(slot.open(presence))
        desk = PurseDesk(keys)
        desk.traced = True
        plan = desk.planned()
        desk.powered().load(plan, keys)
        desk.powered().authenticate(keys)
        with pytest.raises(CardNotGenuine) as refused:
            desk.powered().begin(order(), stranger)
    texts += [str(refused.value), repr(refused.value.values), repr(keys), repr(vars(keys))]
    texts += [record.getMessage() for record in caplog.records]
    said = "\n".join(texts).upper().replace(" ", "")
    assert "805200000B" in said
    for secret in (*secrets(DEMO), *secrets(stranger_masters())):
        for half in (secret.reveal()[:8], secret.reveal()[8:]):
            assert half.hex().upper() not in said
            assert repr(half).upper().replace(" ", "") not in said


def test_keys_are_never_serialised() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(DEMO)


@pytest.mark.parametrize("kind", FaultKind)
def test_a_module_that_leaves_says_so(kind: FaultKind) -> None:
    whole = Fault()
    psam(fault=whole).authentication(CARD, bytes(8))
    assert whole.exchanges == 8
    for number in range(whole.exchanges - (kind is FaultKind.AFTER)):
        with pytest.raises(Mishap) as stop:
            psam(fault=Fault(number, kind)).authentication(CARD, bytes(8))
        assert stop.value.code == "psam_silent"


def test_a_module_that_refuses_says_which_word() -> None:
    link = ScriptedLink(("00A40000023F00", "6A82"))
    with pytest.raises(Mishap) as stop:
        PsamPurseKeys(link)
    assert (stop.value.code, stop.value.values["status"]) == ("psam_silent", "6A82")


def test_a_token_that_refuses_says_why_and_not_with_what(token: TokenSession) -> None:
    missing = HsmPurseKeys(token, TERMINAL, labels=HsmLabels(load="nobody"))
    opening = opened((), PurseKind.PURSE)
    for act in (
        lambda: missing.accept(CARD, order(), opening),
        lambda: open_token(str(LIBRARY), "nobody", PIN).__enter__(),
        lambda: open_token("/nowhere.so", "gas", PIN).__enter__(),
    ):
        with pytest.raises(CardStationError) as stop:
            act()
        assert stop.value.code == "hsm_silent"
        assert "5678" not in str(stop.value)
        assert stop.value.__cause__ is None


def test_a_token_keeps_its_keys(token: TokenSession) -> None:
    from pkcs11 import Attribute
    from pkcs11.exceptions import AttributeSensitive

    key = token.get_key(label=HsmLabels().load)
    with pytest.raises(AttributeSensitive):
        _ = key[Attribute.VALUE]


def test_what_a_call_derives_is_gone_after_it(token: TokenSession) -> None:
    from pkcs11 import Attribute, ObjectClass

    keys, opening = HsmPurseKeys(token, TERMINAL, levels=(CITY,)), opened((CITY,), PurseKind.PURSE)
    keys.accept(CARD, order(), opening)
    keys.protected(CARD, bytes(4), bytes(4), b"data", encrypted=True)
    with pytest.raises(CardNotGenuine):
        keys.accept(CARD, order(), replace(opening, mac1=bytes(4)))
    found = token.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})  # type: ignore[attr-defined]
    assert len(list(found)) == 3


def test_a_plan_is_what_a_tac_is_made_for() -> None:
    plan = LoadPlan(CARD, order(at=AT), PurseStand(0, 0))
    assert program(()).tac_fits(plan, bytes(4)) is False
