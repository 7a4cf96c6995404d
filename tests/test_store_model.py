"""Any order of reading, deciding, undoing, exporting, recalling, erasing, saving and restoring,
with power cuts and restarts in between, against a model.

The model is the receiver: it applies each record that arrives and knows nothing else. After
every export it must hold, for each meter and month, exactly the reading that counts.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import tempfile
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from intake.deliver import deliver, recall
from intake.errors import InputError, IntakeError
from intake.queue import Queue
from intake.records import Correction, Decision, decimal_string
from intake.store import Outgoing, Whose, create_store, forms, ledger, open_store, scanners
from intake.store.erasing import Replaced
from results import ACCEPTED, BLANK, REFUSED, REVIEW, page, scan, slip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import FormResult, QueueItem

numbers = st.integers(1, 2)
values = st.sampled_from(["00000001", "00000002"])
decisions = st.sampled_from([ACCEPTED, REVIEW])
people = st.sampled_from(["anna", "boris"])


MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where nothing waits for a disk: power cuts are played, not had."""


class PowerCutError(Exception):
    """Stands for the moment at which the machine goes off."""


@contextmanager
def power_cut(owner: Any, name: str, *, done: bool = True) -> Iterator[None]:
    """The machine goes off where something is called: once it is done, not yet committed."""
    whole = getattr(owner, name)

    def cut(*arguments: Any) -> None:
        if done:
            whole(*arguments)
        raise PowerCutError

    setattr(owner, name, cut)
    try:
        with suppress(PowerCutError):
            yield
    finally:
        setattr(owner, name, whole)


CUTS = [
    (scanners, "note_origin"),
    (forms, "save_form"),
    (scanners, "keep_condition"),
    (ledger, "finish_file"),
]
"""The last that is done in each transaction of a file that is read."""


@dataclass(frozen=True)
class Saved:
    """What the model knew when the backup was made."""

    forms: int
    kept: int
    owners: dict[str, str]
    erased: set[str]
    received: dict[str, dict[int, dict[str, Any]]]
    delivered: set[str]


DECIDED = ("cold.reading", "cold.meter", "account")
"""Fields that people decide in these histories."""


class Handover(RuleBasedStateMachine):
    """A store, two clerks and a receiver."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.out = self.folder / "out"
        self.out.mkdir()
        self.store = create_store(self.folder / "intake.db")
        self.batch = self.store.begin_batch("model", "demo")
        self.forms = 0
        self.fields = 0
        self.kept = 0
        self.owners: dict[str, str] = {}
        self.erased: set[str] = set()
        self.saved: Saved | None = None
        self.received: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(
        account=numbers,
        meter=numbers,
        reading=values,
        decision=decisions,
        numbers_sure=decisions,
        template=st.sampled_from(["water-slip", "water-list"]),
        cut=st.none() | st.sampled_from(CUTS),
    )
    def run(  # noqa: PLR0917 - a rule takes what it draws
        self,
        account: int,
        meter: int,
        reading: str,
        decision: Decision,
        numbers_sure: Decision,
        template: str,
        cut: tuple[Any, str] | None,
    ) -> None:
        """A form is read; where the machine went off meanwhile, it is read again."""
        name = f"{self.forms + 1}.pdf"
        form = slip(
            account=f"1{account}",
            meter=f"2{meter}",
            reading=reading,
            decision=decision,
            meter_decision=numbers_sure,
            template=template,
            digest=name,
        )
        form = replace(form, fields=tuple(replace(one, evidence=name) for one in form.fields))
        if cut is not None:
            with power_cut(*cut):
                self.read(name, form)
            self.restart()
            assert self.store.totals().balanced
        self.read(name, form)
        self.forms += 1
        self.fields += len(form.fields)
        self.kept += len(form.fields)
        self.owners[name] = f"1{account}"

    def read(self, name: str, form: FormResult) -> None:
        entry = self.store.begin_file(self.batch, scan(name))
        assert not entry.finished
        if 1 not in entry.sealed:
            self.store.save_pages(entry.id, [page(1, form)])
        self.store.save_pages(entry.id, [page(1, form)], ends=1)

    @precondition(lambda self: self.owners)
    @rule(data=st.data())
    def hand_in_again(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.owners)), label="name")
        again = self.store.begin_file(self.batch, scan(name), reread=name in self.erased)
        assert again.finished

    @rule(account=numbers)
    def erase(self, account: int) -> None:
        before = self.items()
        theirs = {item.file for item in before if item.account == f"1{account}"}
        theirs |= {name for name, owner in self.owners.items() if owner == f"1{account}"}
        theirs -= self.erased
        whose, custody = Whose("demo", f"1{account}"), self.store.custody
        going = custody.held(whose)
        assert len(going.forms) == len(theirs)
        custody.erase(whose, going, Replaced({file.id: None for file in going.files}, {}))
        custody.end_removals()
        self.erased |= theirs
        left = [item for item in before if item.file not in theirs]
        self.kept = len(left)
        assert self.items() == left
        assert custody.held(whose).forms == frozenset()

    @rule()
    def back_up(self) -> None:
        self.store.custody.copy_to(self.folder / "backup.db")
        self.saved = Saved(
            self.forms,
            self.kept,
            dict(self.owners),
            set(self.erased),
            copy.deepcopy(self.received),
            {path.name for path in self.out.iterdir()},
        )

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        """The receiver is taken back to the same evening."""
        assert self.saved is not None
        self.store.close()
        for path in self.folder.glob("intake.db*"):
            path.unlink()
        shutil.copy(self.folder / "backup.db", self.folder / "intake.db")
        self.store = open_store(self.folder / "intake.db")
        for path in self.out.iterdir():
            if path.name not in self.saved.delivered:
                path.unlink()
        self.forms, self.kept = self.saved.forms, self.saved.kept
        self.owners, self.erased = dict(self.saved.owners), set(self.saved.erased)
        self.received = defaultdict(dict, copy.deepcopy(self.saved.received))

    @precondition(lambda self: self.received)
    @rule(data=st.data(), who=people)
    def recall(self, data: st.DataObject, who: str) -> None:
        reading = data.draw(st.sampled_from(sorted(self.received)), label="reading")
        last = self.received[reading][len(self.received[reading])]
        try:
            recall(self.store, who, reading, "wrong meter")
        except IntakeError:
            return
        assert last["evidence"] not in self.erased

    @precondition(lambda self: self.open_items())
    @rule(
        data=st.data(),
        who=people,
        decision=st.sampled_from([ACCEPTED, ACCEPTED, BLANK, REFUSED]),
        value=values,
        number=numbers,
    )
    def decide(
        self, data: st.DataObject, who: str, decision: Decision, value: str, number: int
    ) -> None:
        item = data.draw(st.sampled_from(self.open_items()), label="item")
        typed = {"cold.reading": value, "cold.meter": f"2{number}", "account": f"1{number}"}
        shown = typed[item.field] if decision is ACCEPTED else None
        queue = Queue(self.store, who)
        try:
            after = queue.decide(Correction(item.id, item.version, who, decision, shown))
        except InputError:
            assert self.store.waiting.item(item.id) == item
            return
        assert (after.value, after.version) == (shown, item.version + 1)

    @rule(who=people)
    def undo(self, who: str) -> None:
        Queue(self.store, who).undo()

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = open_store(self.folder / "intake.db")

    @rule()
    def export(self) -> None:
        deliver(self.store, self.out, "jsonl")
        for path in sorted(self.out.iterdir()):
            self.receive(path)
        self.check_receiver()

    @rule(step=st.sampled_from(["open_delivery", "delivery_records", "close_delivery"]))
    def export_cut_short(self, step: str) -> None:
        with power_cut(Outgoing, step, done=False):
            deliver(self.store, self.out, "jsonl")

    @invariant()
    def ledger_adds_up(self) -> None:
        totals = self.store.totals()
        assert totals.balanced
        assert (totals.files, totals.forms, totals.fields) == (self.forms, self.forms, self.kept)

    def items(self) -> list[QueueItem]:
        found = (self.store.waiting.item(number) for number in range(1, self.fields + 1))
        return [item for item in found if item is not None]

    def open_items(self) -> list[QueueItem]:
        return [item for item in self.items() if item.field in DECIDED]

    def receive(self, path: Path) -> None:
        for line in path.read_text().splitlines():
            record = json.loads(line)
            if record["evidence"] in self.erased:
                continue
            versions = self.received[record["id"]]
            known = versions.setdefault(record["version"], record)
            assert known == record
            assert sorted(versions) == list(range(1, len(versions) + 1))

    def check_receiver(self) -> None:
        last = [versions[len(versions)] for versions in self.received.values()]
        held = [
            record
            for record in last
            if record["value"] is not None and record["evidence"] not in self.erased
        ]
        by_meter: dict[str, list[str]] = defaultdict(list)
        for record in held:
            by_meter[record["meter"]].append(record["value"])
        waiting = self.meters_in_doubt()
        for meter in ("21", "22"):
            if meter in waiting:
                continue
            accepted = self.accepted(meter)
            assert len(by_meter[meter]) == bool(accepted)
            assert set(by_meter[meter]) <= accepted

    def accepted(self, meter: str) -> set[str]:
        return {
            decimal_string(item.value, 3)
            for item in self.items()
            if item.field == "cold.reading" and item.meter == meter and item.value is not None
        }

    def meters_in_doubt(self) -> set[str]:
        """Meters named on forms that still hold something back."""
        doubted = {
            (item.file, item.form)
            for item in self.items()
            if item.decision is REVIEW and item.field != "code"
        }
        return {
            str(meter)
            for item in self.items()
            if (item.file, item.form) in doubted
            for meter in (item.meter, *self.sent_from(item.file))
        }

    def sent_from(self, file: str) -> set[str]:
        """Meters that a form's reading ever went out for."""
        return {
            record["meter"]
            for versions in self.received.values()
            for record in versions.values()
            if record["evidence"] == file
        }


TestHandover = pytest.mark.slow(Handover.TestCase)
TestHandover.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
