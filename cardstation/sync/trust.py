"""Whom this machine's programs believe over https."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The usual authorities; read once in a process, since each reading takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)
