"""Where a cluster is, and whether it may be spoken to.

Whoever can talk to a scheduler can have its workers run anything, so that plain connections stay
on this machine; any other host is spoken to with certificates, on both sides, or not at all.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from intake.errors import UsageError

LOCAL = "local"
PLAIN, ENCRYPTED = "tcp", "tls"


def is_encrypted(address: str) -> bool:
    """Whether the connection needs certificates.

    Raises:
        UsageError: the address is not understood, or not safe to use.
    """
    parts = _parts(address)
    if parts.scheme == PLAIN and not _is_loopback(parts):
        raise UsageError(
            f"--cluster {address}: other machines are only spoken to with certificates. Use "
            f"`tls://{parts.netloc}`; docs/many-machines.md says how."
        )
    return parts.scheme == ENCRYPTED


def is_on_this_machine(address: str) -> bool:
    """Whether the workers there can read this machine's own files."""
    return address == LOCAL or _is_loopback(_parts(address))


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        understood = parts.scheme in {PLAIN, ENCRYPTED} and parts.hostname and parts.port
    except ValueError:
        understood = None
    if not understood:
        raise UsageError(
            f"--cluster {address}: not understood. It is `local`, `tcp://127.0.0.1:8786` or "
            "`tls://HOST:8786`."
        )
    return parts


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
