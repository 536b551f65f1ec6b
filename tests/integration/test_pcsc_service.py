"""A private card service: hidden or moved, killed, orphaned, refused; it leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.errors import CardServiceGone
from drivers.virtual import stack
from drivers.virtual.service import PrivateService
from drivers.virtual.stack import find_stack, move_daemon, real_stack_available
from drivers.virtual.vpcd import VpcdSlot
from tests.kit.pcsc import PlainCard, need_real_stack, until
from tests.kit.proven import not_proven

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]


@pytest.fixture(params=["hidden", "moved"])
def service(request: pytest.FixtureRequest) -> PrivateService:
    """Four slots, in a namespace or as a moved copy."""
    need_real_stack()
    service = PrivateService(("ACS Virtual Reader", "OMNIKEY Virtual Reader"))
    if request.param == "moved":
        service._stack = replace(service._stack, hide=())
    elif not service._stack.hide:
        not_proven("no namespaces here", by_machine=True)
    return service


def test_every_pair_of_slots_has_its_own_driver_through_a_restart(service: PrivateService) -> None:
    with service:
        folder, ipc = service.socket.parent, service._ipc
        assert len(set(service.ports)) == 4
        slots = [VpcdSlot(port=port) for port in service.ports]
        for slot in slots:
            slot.insert(PlainCard())
        assert until(lambda: all(slot.noticed for slot in slots))
        service.kill()
        assert not service._answers()
        service.restart()
        assert service._answers()
        for slot in slots:
            slot.pull()
    assert not folder.exists()
    assert str(ipc) == "/run/pcscd" or not ipc.exists()
    service.stop()


@pytest.mark.parametrize("moved", [False, True])
def test_the_daemon_dies_with_the_program_that_started_it(moved: bool) -> None:
    need_real_stack()
    program = (
        "import os, signal, sys\n"
        "from dataclasses import replace\n"
        "from drivers.virtual.service import PrivateService\n"
        "service = PrivateService()\n"
        f"service._stack = replace(service._stack, hide=()) if {moved} else service._stack\n"
        "service.start()\n"
        "print(service._daemon, service.socket.parent, service._ipc, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == -9, run.stderr
    daemon, folder, ipc = run.stdout.split()
    assert until(lambda: not Path(f"/proc/{daemon}/cmdline").exists())
    assert until(lambda: not Path(folder).exists())
    assert not moved or until(lambda: not Path(ipc).exists())


def test_a_service_that_cannot_start_says_why(tmp_path: Path) -> None:
    need_real_stack()
    service = PrivateService(folder=tmp_path / "s", patience_s=0.2)
    service._stack = replace(service._stack, daemon=(shutil.which("false") or "",))
    with pytest.raises(CardServiceGone) as caught:
        service.start()
    assert caught.value.code == "private_service_refused"
    assert not (tmp_path / "s").exists()


def test_a_namespace_that_is_refused_after_all_is_said(tmp_path: Path) -> None:
    need_real_stack()
    service = PrivateService(folder=tmp_path / "s")
    service._stack = replace(service._stack, hide=("sh", "-c", "echo not permitted; exit 1"))
    with pytest.raises(CardServiceGone) as caught:
        service.start()
    assert caught.value.values == {"reason": "not permitted"}


def test_a_pcscd_built_otherwise_is_not_moved(tmp_path: Path) -> None:
    (tmp_path / "pcscd").write_bytes(b"/somewhere/else/pcscd.comm")
    with pytest.raises(CardServiceGone):
        move_daemon(tmp_path / "pcscd", tmp_path / "copy", Path("/run/other"))


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("shutil.which", lambda *_, **__: None, "pcscd_missing"),
        ("DRIVER_PLACES", (), "virtual_driver_missing"),
    ],
)
def test_what_is_missing_has_a_name(
    monkeypatch: pytest.MonkeyPatch, place: str, value: object, code: str
) -> None:
    need_real_stack()
    monkeypatch.setattr(f"{stack.__name__}.{place}", value)
    find_stack.cache_clear()
    assert real_stack_available() == code
    find_stack.cache_clear()
