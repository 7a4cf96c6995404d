"""What a scan and the process that decodes it say to each other.

Messages go as msgpack, pixels into an anonymous file that the request brings along, height ×
width bytes; nothing that a decoder says is ever unpickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from intake.records import Reason
from intake.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 1 << 16


class Open(msgspec.Struct, frozen=True, tag=True):
    """Opens the file whose descriptor comes along.

    Attributes:
        limits: within which it is decoded.
        sketch: whether pages may come with their edges halved, where that is cheaper.
    """

    limits: Limits
    sketch: bool = False


class Decode(msgspec.Struct, frozen=True, tag=True):
    """Decodes a page of the open file, counted from 1, into the file that comes along."""

    page: int


class Close(msgspec.Struct, frozen=True, tag=True):
    """Closes the open file; there is no answer."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The process has loaded its libraries."""


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The file is open."""

    pages: int


class Decoded(msgspec.Struct, frozen=True, tag=True):
    """The page's pixels are written, as stored or with their edges halved."""

    height: int
    width: int
    dpi: float | None
    halved: bool = False


class TurnedAway(msgspec.Struct, frozen=True, tag=True):
    """The file or page is refused."""

    reason: Reason
    advice: str


class Lacking(msgspec.Struct, frozen=True, tag=True):
    """A program that the page needs is not installed."""

    message: str


Request = Open | Decode | Close
Reply = Ready | Opened | Decoded | TurnedAway | Lacking

encode = msgspec.msgpack.Encoder().encode
decode_request: Callable[[bytes], Request] = msgspec.msgpack.Decoder(Request).decode
decode_reply: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode
