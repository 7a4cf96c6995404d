"""Reading records over HTTP: one request each, tried again until the receiver has answered."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import httpx
import msgspec

from intake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.records import ReadingRecord

TRIES = 9
LONGEST_PAUSE = 30.0
SECONDS = 30.0
"""How long an answer is waited for."""

REFUSED = "refused"
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may well be taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver made of a record.

    Attributes:
        standing: its own word; `refused` where it will not have the record.
        sentence: why it was refused; empty otherwise.
    """

    standing: str
    sentence: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether sending it again would be of no use."""
        return self.standing == REFUSED

    @property
    def told(self) -> str:
        """Standing and sentence in one line."""
        return f"{self.standing}: {self.sentence}" if self.sentence else self.standing


class HttpSender:
    """Sends records to one address over one connection."""

    def __init__(
        self,
        address: str,
        token: str,
        pause: Callable[[float], None] = time.sleep,
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        """Gets ready; nothing is sent yet.

        Args:
            address: of the receiver, such as `http://127.0.0.1:8080/readings`.
            token: sent as a bearer token.
            pause: waits for some seconds.
            waiting: is told, in a sentence, when a record has to be sent again.

        Raises:
            InputError: that is no such address, or it holds a password.
        """
        url = _checked(address)
        self._url = url
        self._pause = pause
        self._waiting = waiting or _unheard
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._client = httpx.Client(headers=headers, timeout=SECONDS, follow_redirects=False)

    def __enter__(self) -> Self:
        """Keeps the connection for as long as the block lasts."""
        return self

    def __exit__(self, *_: object) -> None:
        """Gives the connection back."""
        self.close()

    def close(self) -> None:
        """Gives the connection back."""
        self._client.close()

    def reach(self) -> None:
        """Waits until somebody answers at the address; no record is sent.

        Raises:
            InputError: nobody does.
        """
        self._answered(lambda: self._client.options(self._url))

    def send(self, record: ReadingRecord) -> Answer:
        """Hands a record over, at least once.

        Raises:
            InputError: the receiver cannot be reached, or does not let us in.
        """
        return self._answer(self._answered(lambda: self._post(record)))

    def _answered(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Asks until there is an answer to go by."""
        fault = ""
        for attempt in range(TRIES):
            if attempt:
                self._wait(attempt, fault)
            try:
                response = ask()
            except httpx.TransportError as error:
                fault = str(error) or type(error).__name__
                continue
            if response.status_code not in PASSING:
                return response
            fault = f"it answered {response.status_code}"
        raise InputError(
            f"{self._url}: the receiver does not take readings now ({fault}, {TRIES} tries). "
            "Mend it or the address, then export again: what has a receipt is not sent again."
        )

    def _wait(self, attempt: int, fault: str) -> None:
        if attempt == 1:
            self._waiting(
                f"{self._url}: the receiver does not answer ({fault}). Trying again, for a minute "
                "or two."
            )
        self._pause(_pause(attempt))

    def _post(self, record: ReadingRecord) -> httpx.Response:
        key = {"Idempotency-Key": f"{record.id}:{record.version}"}
        return self._client.post(self._url, content=msgspec.json.encode(record), headers=key)

    def _answer(self, response: httpx.Response) -> Answer:
        status = response.status_code
        if status in {401, 403}:
            raise InputError(
                f"{self._url}: the token is not let in ({status}: {_sentence(response)}). "
                "Name one that may write paper readings of this organisation."
            )
        if status in {404, 405, 501} or 300 <= status < 400:
            raise InputError(
                f"{self._url}: takes no readings there ({status}). Check the address; the embedded "
                "engine's ends in /readings."
            )
        if response.is_success:
            return Answer(_standing(response))
        return Answer(REFUSED, f"{status}: {_sentence(response)}")


def _unheard(_: str) -> None:
    """Nobody wants to know."""


def _checked(address: str) -> str:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise InputError(f"{address}: is no address such as http://127.0.0.1:8080/readings.")
    if url.userinfo:
        raise InputError(
            "The address holds a password, which would be kept with the delivery. Use a token "
            "instead: --token-file."
        )
    return address


def _pause(attempt: int) -> float:
    """Twice as long each time, and never quite the same, so that senders do not march in step."""
    return min(LONGEST_PAUSE, 0.25 * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311


class _Word(msgspec.Struct):
    standing: str = "received"
    error: str = ""


def _word(response: httpx.Response) -> _Word:
    try:
        return msgspec.json.decode(response.content, type=_Word)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Word()


def _standing(response: httpx.Response) -> str:
    return _word(response).standing[:40]


def _sentence(response: httpx.Response) -> str:
    text = _word(response).error or response.reason_phrase
    return "".join(letter for letter in text if letter.isprintable())[:200]
