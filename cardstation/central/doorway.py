"""The socket and the web server the ledger answers on."""

from __future__ import annotations

import asyncio
import ipaddress
import resource
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.errors import Mishap, Refusal

if TYPE_CHECKING:
    import uvicorn


MOST_FILES = 8_192


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the ledger shows who it is with: a chain and its key, PEM files."""

    chain: Path
    key: Path


def refuse_open(host: str, certificate: Certificate | None) -> None:
    """Refuse to answer others in plain text, or with a certificate that cannot be used.

    Raises:
        Refusal: `tls_needed`, `tls_unreadable`.
    """
    if certificate is None:
        if not _is_loopback(host):
            raise Refusal("tls_needed", host=host)
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate.chain, certificate.key)
    except OSError as error:
        raise Refusal("tls_unreadable", reason=error.strerror or str(error)) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket; the caller closes it by serving on it.

    Raises:
        Mishap: `port_taken`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP: asyncio sets TCP_NODELAY only then, and without it every answer waits 40 ms.
    wire = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        wire.bind((host, port))
    except OSError as error:
        wire.close()
        raise Mishap("port_taken", host=host, port=port) from error
    return wire


def url_of(wire: socket.socket, scheme: str = "http") -> str:
    """The address a bound socket is reached at."""
    host, port = wire.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def server_of(
    app: object, *, ready: Callable[[], None], certificate: Certificate | None = None
) -> uvicorn.Server:
    """A server for an application; `ready` is called once it answers."""
    import uvicorn

    from cardstation.central.patience import PatientProtocol

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    class Bounded(PatientProtocol):
        most = _most_connections()

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        http=Bounded,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    return Announcing(config)


def _most_connections() -> int:
    """Half the files this process may have open; it asks for all that the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard and soft < MOST_FILES:
        soft = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft // 2


def run(server: uvicorn.Server, wire: socket.socket, *, leashed: bool = False) -> None:
    """Serve on a bound socket until interrupted, or until standard input closes."""
    if leashed:
        threading.Thread(target=_follow, args=(server,), daemon=True).start()
    asyncio.run(server.serve(sockets=[wire]))


def _follow(server: uvicorn.Server) -> None:
    """Stop the server when standard input closes: our parent is gone."""
    while sys.stdin.buffer.read(4096):
        pass
    server.should_exit = True
