"""Who may do what at the engine's door, and that its log holds no value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import results
from intake.engine import Scope, Token, open_engine
from intake.engine.openapi import SPECIFICATION
from intake.records import ReadingRecord
from intake.settings import EngineSettings, Rules
from servers import served
from workplaces import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALUE = "4711.500"
RECORD = replace(results.RECORD, account="77001", meter="88001", value=VALUE)


@dataclass(frozen=True)
class Door:
    """A running engine, tokens by what they let do, and its log."""

    address: str
    tokens: dict[str, str]
    log: Path

    def post(
        self, record: ReadingRecord, token: str | None = "paper", key: str | None = None
    ) -> httpx.Response:
        name = key if key is not None else f"{record.id}:{record.version}"
        headers = {**self._bearer(token), "Idempotency-Key": name}
        return httpx.post(f"{self.address}/readings", json=asdict(record), headers=headers)

    def get(self, token: str | None, **asked: str) -> httpx.Response:
        return httpx.get(f"{self.address}/readings", params=asked, headers=self._bearer(token))

    def _bearer(self, token: str | None) -> dict[str, str]:
        if token is None:
            return {}
        return {"Authorization": f"Bearer {self.tokens.get(token, token)}"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    assert command(folder, "init").code == 0
    engine = open_engine(folder / "engine.sqlite", EngineSettings(), Rules())
    bound = {
        "paper": Token(0, "intake", "demo", "paper", Scope.WRITE),
        "portal": Token(0, "portal", "demo", "portal", Scope.WRITE),
        "other": Token(0, "other", "other", "paper", Scope.WRITE),
        "read": Token(0, "billing", "demo", None, Scope.READ),
        "read portal": Token(0, "portal", "demo", "portal", Scope.READ),
        "read other": Token(0, "other", "other", None, Scope.READ),
        "revoked": Token(0, "gone", "demo", "paper", Scope.WRITE),
    }
    made = {name: engine.add_token(token) for name, token in bound.items()}
    engine.revoke_token(made["revoked"][0])
    engine.close()
    with served(folder) as address:
        yield Door(address, {name: text for name, (_, text) in made.items()}, folder / "log")


def test_a_reading_is_taken_once_and_answered_the_same_whenever_it_comes(door: Door) -> None:
    first, again = door.post(RECORD), door.post(RECORD)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {**again.json(), "is_new": True}
    assert first.json()["standing"] == "counts"
    assert door.post(replace(RECORD, value="1")).status_code == 409


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (None, 401),
        ("mi_nothing", 401),
        ("two words", 401),
        ("revoked", 401),
        ("other", 403),
        ("portal", 403),
        ("read", 403),
    ],
)
def test_a_reading_is_not_taken_from_strangers(door: Door, token: str | None, status: int) -> None:
    answer = door.post(replace(RECORD, id="strange"), token)
    assert answer.status_code == status
    assert (status == 401) == ("www-authenticate" in answer.headers)
    assert answer.json()["error"]
    found = door.get("read", meter=RECORD.meter).json()["readings"]
    assert "strange" not in [one["id"] for one in found]


@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [
        (None, {"meter": "88001"}, 401),
        ("paper", {"meter": "88001"}, 403),
        ("read", {"meter": "88001", "organisation": "other"}, 403),
        ("read portal", {"meter": "88001", "channel": "paper"}, 403),
        ("read", {}, 400),
        ("read", {"channel": "paper"}, 400),
        ("read", {"meter": "1", "colour": "red"}, 400),
        ("read", {"period": "November"}, 400),
    ],
)
def test_readings_are_not_told_to_strangers(
    door: Door, token: str | None, asked: dict[str, str], status: int
) -> None:
    assert door.get(token, **asked).status_code == status


def test_readings_are_told_to_those_who_may_see_them(door: Door) -> None:
    door.post(RECORD)
    for asked in ({"account": "77001"}, {"meter": "88001"}, {"period": "2026-11"}):
        (one,) = door.get("read", **asked).json()["readings"]
        assert (one["value"], one["standing"], one["early"]) == (VALUE, "counts", False)
        assert door.get("read other", **asked).json() == {"readings": [], "more": False}
        assert door.get("read portal", **asked).json()["readings"] == []


@pytest.mark.parametrize(
    ("change", "key", "status"),
    [
        ({}, "b:1", 400),
        ({}, "", 400),
        ({"period": "2026-13"}, None, 422),
        ({"value": "4711,5"}, None, 422),
        ({"version": 0}, None, 422),
    ],
)
def test_what_is_no_reading_is_refused(
    door: Door, change: dict[str, Any], key: str | None, status: int
) -> None:
    answer = door.post(replace(RECORD, **change), key=key)
    assert answer.status_code == status
    assert "4711" not in answer.text


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": 1}', b"\xff", b" " * 70_000])
def test_a_body_that_is_no_reading_is_refused(door: Door, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {door.tokens['paper']}", "Idempotency-Key": "a:1"}
    answer = httpx.post(f"{door.address}/readings", content=body, headers=headers)
    assert answer.status_code == (413 if len(body) > 65_536 else 422)


def test_the_log_names_requests_and_holds_no_value_and_no_token(door: Door) -> None:
    for token in ("paper", "paper", "other", None):
        door.post(RECORD, token)
    door.get("read", account="77001")
    log = door.log.read_text()
    assert "POST /readings 200 token=1 reading=a:1" in log
    assert "POST /readings 403" in log
    assert "POST /readings 401 token=- reading=-" in log
    secrets = ["4711", "77001", "88001", *door.tokens.values()]
    assert [one for one in secrets if one in log] == []


def test_the_page_and_the_specification_say_what_can_be_asked(door: Door) -> None:
    specification = httpx.get(f"{door.address}/openapi.json").json()
    assert specification == SPECIFICATION
    assert set(specification["paths"]["/readings"]) == {"post", "get"}
    record = specification["components"]["schemas"]["ReadingRecord"]["properties"]
    assert set(record) == set(asdict(RECORD))
    page = httpx.get(door.address).text
    assert all(word in page for word in ("Idempotency-Key", "/readings", "401", "period"))
    assert "http://" not in page
    assert "https://" not in page


def test_it_listens_on_this_machine_alone_unless_told_otherwise(door: Door) -> None:
    assert door.address.startswith("http://127.0.0.1:")
