"""What a scan and the process that decodes it say to each other.

Messages go as msgpack, pixels as an anonymous file of height × width bytes; nothing that a
decoder says is ever unpickled.
"""

from __future__ import annotations

import msgspec

from intake.records import Reason
from intake.settings import Limits

MOST_BYTES = 1 << 16


class Open(msgspec.Struct, frozen=True, tag=True):
    """Opens the file whose descriptor comes along."""

    limits: Limits


class Decode(msgspec.Struct, frozen=True, tag=True):
    """Decodes a page of the open file, counted from 1."""

    page: int


class Close(msgspec.Struct, frozen=True, tag=True):
    """Closes the open file; there is no answer."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The process has loaded its libraries."""


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The file is open."""

    pages: int


class Decoded(msgspec.Struct, frozen=True, tag=True):
    """The page's pixels come along."""

    height: int
    width: int
    dpi: float | None


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
decode_request = msgspec.msgpack.Decoder(Request).decode
decode_reply = msgspec.msgpack.Decoder(Reply).decode
