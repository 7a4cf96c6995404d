"""The engine over HTTP: readings in, once each, and out again to those who may see them."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from intake.engine.arrivals import Judged
from intake.engine.asking import Wanted
from intake.engine.keeping import Differs
from intake.engine.openapi import SPECIFICATION, page
from intake.engine.tokens import Scope, Token
from intake.errors import InputError, StoreError
from intake.records import ReadingRecord
from intake.settings import is_month

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from intake.engine import Engine

LONGEST_BODY = 64 * 1024
MOST_ROWS = 1000

log = logging.getLogger(__name__)


class _Refused(Exception):  # noqa: N818 - becomes an answer, never leaves this file
    """A request that is not answered as asked."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def application(engine: Engine) -> Starlette:
    """The web application of an open engine."""
    service = _Service(engine)
    return Starlette(
        routes=[
            Route("/readings", _told(service.post), methods=["POST"]),
            Route("/readings", _told(service.get), methods=["GET"]),
            Route("/openapi.json", _specification, methods=["GET"]),
            Route("/", _page, methods=["GET"]),
        ]
    )


class _Service:
    """The two things that can be asked of readings."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def post(self, request: Request) -> Response:
        """Takes a reading in, once per id and version."""
        token = await self._bearer(request, Scope.WRITE)
        record = _decoded(await _body(request))
        _check_binding(token, record)
        key = request.headers.get("idempotency-key")
        request.state.about = f"{record.id}:{record.version}"
        if key != f"{record.id}:{record.version}":
            sentence = "The header Idempotency-Key is the reading's id and version, `id:version`."
            raise _Refused(HTTPStatus.BAD_REQUEST, sentence)
        try:
            receipt = await run_in_threadpool(self._engine.receive, record)
        except InputError as fault:
            raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(fault)) from fault
        except Differs as fault:
            sentence = "This version came before with other content. Send the next version."
            raise _Refused(HTTPStatus.CONFLICT, sentence) from fault
        status = HTTPStatus.CREATED if receipt.is_new else HTTPStatus.OK
        return _json(receipt, status)

    async def get(self, request: Request) -> Response:
        """Answers with the readings of an account, a meter or a month."""
        token = await self._bearer(request, Scope.READ)
        wanted = _wanted(token, dict(request.query_params))
        found = await run_in_threadpool(self._first, wanted)
        return _json({"readings": found[:MOST_ROWS], "more": len(found) > MOST_ROWS})

    def _first(self, wanted: Wanted) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for judged in self._engine.standings(wanted):
            rows.append(_shown(judged))
            if len(rows) > MOST_ROWS:
                break
        return rows

    async def _bearer(self, request: Request, scope: Scope) -> Token:
        """Whose token the request carries, if it may do what it asks."""
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not text:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "Send a token: `Authorization: Bearer …`.")
        token = await run_in_threadpool(self._engine.token, text.strip())
        if token is None:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "This token does not hold. Ask for a new one.")
        request.state.token = token.id
        if token.scope is not scope:
            sentence = f"This token lets {token.scope}, and this needs one that lets {scope}."
            raise _Refused(HTTPStatus.FORBIDDEN, sentence)
        return token


def _told(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Turns refusals into answers, and logs each request without anything it carries."""

    async def told(request: Request) -> Response:
        try:
            response = await handler(request)
        except _Refused as refused:
            response = _refusal(refused.status, refused.sentence)
        except StoreError:
            log.warning("the engine could not keep or answer: its database cannot be used")
            sentence = "The engine cannot keep anything at present. Send it again later."
            response = _refusal(HTTPStatus.SERVICE_UNAVAILABLE, sentence)
        log.info(
            "%s %s %d token=%s reading=%s",
            request.method,
            request.url.path,
            response.status_code,
            getattr(request.state, "token", "-"),
            getattr(request.state, "about", "-"),
        )
        return response

    return told


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            sentence = "One reading is sent at a time, at most 64 KiB."
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
    return bytes(body)


def _decoded(body: bytes) -> ReadingRecord:
    try:
        return msgspec.json.decode(body, type=ReadingRecord)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        sentence = "The body is not one reading in JSON; /openapi.json says what belongs in it."
        raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, sentence) from fault


def _check_binding(token: Token, record: ReadingRecord) -> None:
    if record.organisation != token.organisation:
        sentence = "This token belongs to another organisation."
        raise _Refused(HTTPStatus.FORBIDDEN, sentence)
    if record.channel != token.channel:
        raise _Refused(HTTPStatus.FORBIDDEN, "This token belongs to another channel.")


def _wanted(token: Token, asked: dict[str, str]) -> Wanted:
    names = {"organisation", "account", "meter", "period", "channel"}
    if not set(asked) <= names or not set(asked) & {"account", "meter", "period"}:
        sentence = "Ask by account, meter or period; organisation and channel may narrow it."
        raise _Refused(HTTPStatus.BAD_REQUEST, sentence)
    if asked.get("organisation", token.organisation) != token.organisation:
        sentence = "This token belongs to another organisation."
        raise _Refused(HTTPStatus.FORBIDDEN, sentence)
    if token.channel is not None and asked.get("channel", token.channel) != token.channel:
        raise _Refused(HTTPStatus.FORBIDDEN, "This token belongs to another channel.")
    if not is_month(asked.get("period", "2000-01")):
        raise _Refused(HTTPStatus.BAD_REQUEST, "A period is a month YYYY-MM, such as 2026-11.")
    own = {"organisation": token.organisation, "channel": asked.get("channel", token.channel)}
    return Wanted(**{**asked, **own})  # type: ignore[arg-type]


def _shown(judged: Judged) -> dict[str, object]:
    record = msgspec.to_builtins(judged.arrival.record)
    state = {"standing": judged.standing, "early": judged.early}
    return {**record, **state, "received": judged.arrival.received}


def _refusal(status: HTTPStatus, sentence: str) -> Response:
    response = _json({"error": sentence}, status)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def _specification(_: Request) -> Response:
    return _json(SPECIFICATION)


async def _page(_: Request) -> Response:
    return HTMLResponse(page())
