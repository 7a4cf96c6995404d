"""Delivery over HTTP: at least once on the wire, exactly once in effect, a receipt for each."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from intake.deliver import deliver, deliver_http, recall, resend
from intake.engine import Wanted, open_engine
from intake.errors import InputError, UsageError
from intake.export.http import TRIES, HttpSender
from intake.queue import Queue
from intake.records import Correction
from intake.settings import EngineSettings, Rules
from intake.store import Store, create_store, open_store
from results import ACCEPTED, REVIEW, page, scan, slip
from servers import served
from workplaces import command

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Store]:
    """An intake database with twenty accepted readings."""
    store = create_store(tmp_path / "intake.db")
    fill(store, 20)
    yield store
    store.close()


def fill(store: Store, count: int) -> None:
    file = store.begin_file(store.begin_batch("test", "demo"), scan()).id
    forms = [
        slip(n, account=f"1{n:07}", meter=f"2{n:07}", digest=f"d{n}", reading=f"{n:08}")
        for n in range(1, count + 1)
    ]
    store.save_pages(file, [page(1, *forms)], ends=1)


class Receiver(BaseHTTPRequestHandler):
    """Answers as told, one answer after the other, the last one for ever."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, str] | None]
    seen: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append((self.headers["Idempotency-Key"], body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            self.close_connection = True
            return
        status, text = answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def receiver(*answers: tuple[int, str] | None) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    seen: list[tuple[str, dict[str, Any]]] = []
    handler = type("Handler", (Receiver,), {"answers": list(answers), "seen": seen})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/readings", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sender(pauses: list[float] | None = None) -> Any:
    return partial(HttpSender, token="t", pause=([] if pauses is None else pauses).append)


TAKEN = (201, '{"standing": "counts"}')


def test_every_record_goes_out_once_with_its_key_and_leaves_a_receipt(intake: Store) -> None:
    with receiver(TAKEN) as (address, seen):
        assert deliver_http(intake, address, sender()).records == 20
        assert deliver_http(intake, address, sender()).records == 0
    assert len(seen) == 20
    assert all(key == f"{body['id']}:{body['version']}" for key, body in seen)
    totals = intake.outgoing.totals(None, 31)
    assert (totals["exported"], totals["receipts"], totals["refused_by_receiver"]) == (20, 20, 0)
    assert intake.totals().forms_finished == 20


def test_an_answer_that_is_lost_is_asked_for_again_later_and_later(intake: Store) -> None:
    pauses: list[float] = []
    with receiver(None, (503, ""), (429, ""), TAKEN) as (address, seen):
        deliver_http(intake, address, sender(pauses))
    assert [key for key, _ in seen[:4]] == [seen[0][0]] * 4
    assert len({key for key, _ in seen}) == 20
    assert len(pauses) == 3
    assert all(0.25 * 2**n <= pause <= 0.25 * 2 ** (n + 1) for n, pause in enumerate(pauses))


def test_whoever_waits_is_told_once_for_each_record_that_has_to_be_sent_again(
    intake: Store,
) -> None:
    told: list[str] = []
    with receiver(TAKEN, (503, ""), (503, ""), TAKEN, (429, ""), TAKEN) as (address, _):
        deliver_http(intake, address, partial(sender(), waiting=told.append))
    assert [sentence.partition("(")[2].partition(")")[0] for sentence in told] == [
        "it answered 503",
        "it answered 429",
    ]
    assert all(address in sentence and "Trying again" in sentence for sentence in told)


def test_a_receiver_that_is_gone_ends_in_a_sentence_and_the_next_call_goes_on(
    intake: Store, tmp_path: Path
) -> None:
    with receiver(*[TAKEN] * 7, (503, "")) as (address, seen):
        with pytest.raises(InputError, match="does not take readings now"):
            deliver_http(intake, address, sender())
        assert len(seen) == 7 + TRIES
        assert intake.outgoing.totals(None, 31)["receipts"] == 7
    (waiting,) = intake.outgoing.open_deliveries()
    assert deliver(intake, tmp_path / "out.csv", "csv").earlier.waiting == (waiting,)
    assert intake.outgoing.unanswered(waiting.id)[0].meter == "20000008"


@pytest.mark.parametrize("status", [401, 403, 404, 501, 302])
def test_a_receiver_that_will_not_have_us_is_not_asked_again(intake: Store, status: int) -> None:
    with (
        receiver((status, '{"error": "no"}')) as (address, seen),
        pytest.raises(InputError, match=str(status)),
    ):
        deliver_http(intake, address, sender())
    assert len(seen) == 1


def test_a_record_that_is_refused_is_told_and_holds_nothing_up(intake: Store) -> None:
    with receiver(TAKEN, (422, '{"error": "period: odd"}'), TAKEN) as (address, seen):
        (refused,) = deliver_http(intake, address, sender()).refused
    assert (refused.meter, refused.answer) == ("20000002", "422: period: odd")
    assert len(seen) == 20
    assert intake.outgoing.totals(None, 31)["refused_by_receiver"] == 1


def test_where_nobody_answers_no_delivery_is_begun(intake: Store) -> None:
    with receiver(TAKEN) as (gone, _):
        pass
    with pytest.raises(InputError, match="does not take readings now"):
        deliver_http(intake, gone, sender())
    assert intake.outgoing.open_deliveries() == []
    with receiver(TAKEN) as (address, seen):
        assert deliver_http(intake, address, sender()).records == 20
    assert len(seen) == 20


def test_a_delivery_to_a_wrong_address_waits_until_it_is_handed_over_to_the_right_one(
    intake: Store,
) -> None:
    with receiver((404, "")) as (wrong, lost), receiver(TAKEN) as (right, seen):
        with pytest.raises(InputError, match="Check the address"):
            deliver_http(intake, wrong, sender())
        (waiting,) = intake.outgoing.open_deliveries()
        later = deliver_http(intake, right, sender())
        assert (later.records, later.earlier.waiting) == (0, (waiting,))
        assert (len(lost), seen) == (1, [])
        assert resend(intake, waiting.id, sender(), right).records == 20
        assert intake.outgoing.open_deliveries() == []
        assert deliver_http(intake, right, sender()).records == 0
    assert len({key for key, _ in seen}) == len(seen) == 20
    assert intake.outgoing.delivery(waiting.id).target == right


def test_a_token_is_shown_to_nobody_but_the_address_that_was_named(intake: Store) -> None:
    tokens: list[str] = []

    def opened(address: str) -> HttpSender:
        tokens.append(address)
        return HttpSender(address, token="t", pause=lambda _: None)

    with receiver((404, "")) as (wrong, _), receiver(TAKEN) as (right, _):
        with pytest.raises(InputError):
            deliver_http(intake, wrong, opened)
        deliver_http(intake, right, opened)
    assert tokens == [wrong, right]


def test_a_refusal_before_an_interruption_is_told_when_the_delivery_has_ended(
    intake: Store,
) -> None:
    down = [(503, "")] * TRIES
    taken = [TAKEN] * 18
    with receiver(TAKEN, (409, '{"error": "frozen"}'), *down, *taken) as (address, seen):
        with pytest.raises(InputError, match="does not take"):
            deliver_http(intake, address, sender())
        again = deliver_http(intake, address, sender())
    assert (again.records, again.earlier.records) == (0, 18)
    (refused,) = again.refused
    assert (refused.id, refused.answer) == (seen[1][1]["id"], "409: frozen")
    assert intake.outgoing.refused() == [refused]


def test_resending_sends_the_same_records_again(intake: Store, tmp_path: Path) -> None:
    with receiver(TAKEN) as (address, seen):
        deliver_http(intake, address, sender())
        assert resend(intake, 1, sender()).records == 20
    assert seen[:20] == seen[20:]
    with pytest.raises(UsageError, match="token"):
        resend(intake, 1)
    with pytest.raises(InputError, match="no delivery 9"):
        resend(intake, 9)


def test_a_file_is_resent_as_it_was(intake: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    deliver(intake, target, "csv:id,value")
    written = target.read_bytes()
    assert written.startswith(b"id,value\r\n")
    target.unlink()
    assert resend(intake, 1).path == target
    assert target.read_bytes() == written


def test_a_file_is_resent_into_another_one(intake: Store, tmp_path: Path) -> None:
    target, copy = tmp_path / "out.csv", tmp_path / "copy.csv"
    deliver(intake, target, "csv:id,value")
    assert resend(intake, 1, place=copy).path == copy
    assert copy.read_bytes() == target.read_bytes()
    assert intake.outgoing.delivery(1).target == str(target)
    with pytest.raises(InputError, match="is there already"):
        resend(intake, 1, place=copy)


def test_a_recalled_reading_goes_out_without_value_and_with_its_reason(intake: Store) -> None:
    with receiver(TAKEN) as (address, seen):
        deliver_http(intake, address, sender())
        with pytest.raises(UsageError, match="--why"):
            recall(intake, "anna", seen[3][1]["id"], " ")
        recall(intake, "anna", seen[3][1]["id"], "photo shows another meter")
        assert deliver_http(intake, address, sender()).records == 1
    _, body = seen[-1]
    assert (body["id"], body["version"], body["value"]) == (seen[3][1]["id"], 2, None)
    assert body["reason"] == "withdrawn: photo shows another meter"
    with pytest.raises(InputError, match="no reading went out"):
        recall(intake, "anna", "nothing", "why")


def test_a_password_is_not_kept_with_the_delivery(intake: Store) -> None:
    with pytest.raises(InputError, match="password") as caught:
        deliver_http(intake, "http://anna:secret@127.0.0.1/readings", sender())
    assert "secret" not in str(caught.value)
    assert intake.outgoing.open_deliveries() == []


def test_what_is_held_back_says_which_form_lacks_what_and_what_to_type(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    assert command(folder, "init").code == 0
    with_faults = [
        slip(1, account="10000001", period=None, digest="a"),
        slip(2, account=None, account_decision=REVIEW, meter="20000002", digest="b"),
        slip(3, account="10000003", meter="20000003", meter_decision=REVIEW, digest="c"),
    ]
    store = open_store(folder / "intake.sqlite")
    file = store.begin_file(store.begin_batch("test", "default"), scan()).id
    store.save_pages(file, [page(1, *with_faults)])
    held = store.outgoing.held_back()
    store.close()
    assert [one.lacking for one in held] == [("month",), ("account",), ("meter",)]
    told = command(folder, "export").err
    assert "a.pdf, page 1, form 1: month not known." in told
    assert f"queue correct {held[0].items['code']} water-slip/1/10000001/YYYY-MM" in told
    assert f"queue correct {held[1].items['account']} NUMBER" in told
    assert f"queue correct {held[2].items['meter']} NUMBER" in told


def test_control_totals_can_be_printed(intake: Store, tmp_path: Path) -> None:
    deliver(intake, tmp_path / "out.csv", "csv")
    totals = intake.outgoing.totals(1, 31)
    assert (totals["sums_hold"], totals["readings_accepted"], totals["receipts"]) == (1, 20, 20)
    assert totals == intake.outgoing.totals(None, 31)
    assert intake.outgoing.totals(2, 31)["forms"] == 0


def test_a_delivery_that_waits_is_told_with_its_two_ways_out(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    assert command(folder, "init").code == 0
    store = open_store(folder / "intake.sqlite")
    fill(store, 3)
    (tmp_path / "token").write_text("t")
    token = ("--token-file", tmp_path / "token")
    with receiver((404, "")) as (wrong, _), receiver(TAKEN, (422, ""), TAKEN) as (right, _):
        assert command(folder, "export", "--format", "http", "--to", wrong, *token).code == 3
        told = command(folder, "export", "--format", "http", "--to", right, *token)
        assert told.code == 1
        assert told.err.startswith("0 readings handed over, 0 held back.")
        assert f"Delivery 1 to {wrong} was cut short; 3 of its readings wait." in told.err
        moved = command(folder, "export", "--resend", "1", "--to", right, *token)
    assert moved.code == 1
    assert "3 readings handed over, 0 held back." in moved.err
    (refused,) = store.outgoing.refused()
    assert f"refused: {refused.id} version 1 (account 10000002" in moved.err
    listed = command(folder, "export", "--refused")
    assert (listed.code, json.loads(listed.out)["answer"]) == (0, refused.answer)
    assert "no batch 9" in command(folder, "export", "--totals", "--batch", "9").err
    store.close()


def test_the_whole_way_to_the_embedded_engine(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    (tmp_path / "s.toml").write_text('organisation = "demo"\n')
    assert command(folder, "init", "--settings", tmp_path / "s.toml").code == 0
    store = open_store(folder / "intake.sqlite")
    fill(store, 5)
    token = command(folder, "engine", "token", "add", "t", "--scope", "write", "--channel", "paper")
    (tmp_path / "token").write_text(token.out)
    with served(folder) as address:
        http = ("--format", "http", "--to", f"{address}/readings")
        sent = command(folder, "export", *http, "--token-file", tmp_path / "token")
        assert (sent.code, sent.err.strip()) == (0, "5 readings handed over, 0 held back.")
        items = [Queue(store, "anna").item(n) for n in range(1, 7)]
        reading = next(one for one in items if one.field == "cold.reading")
        decided = Correction(reading.id, reading.version, "anna", ACCEPTED, "00000777")
        Queue(store, "anna").decide(decided)
        assert command(folder, "export", *http, "--token-file", tmp_path / "token").code == 0
        assert httpx.get(f"{address}/readings").status_code == 401
    store.close()
    engine = open_engine(folder / "engine.sqlite", EngineSettings(), Rules())
    records = [one.arrival.record for one in engine.standings(Wanted("demo", period="2026-11"))]
    engine.close()
    assert sorted((one.meter, one.version, one.value) for one in records) == [
        ("20000001", 2, "0.777"),
        *[(f"2000000{n}", 1, f"0.00{n}") for n in range(2, 6)],
    ]
    assert "0.777" not in (folder / "log").read_text()
