"""Whose certificates are believed. Read once: it takes longer than most of our calls."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """For httpx's `verify`; shared by all clients of the process."""
    return httpx.create_ssl_context(trust_env=False)
