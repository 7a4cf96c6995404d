"""The shipped digit model: loaded only when its bytes are those its card vouches for."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from intake.errors import InputError

MODELS = Path(__file__).with_name("models")

EMPTY, STRUCK_OUT, OVERWRITTEN, NOT_A_DIGIT = 10, 11, 12, 13
"""Classes beyond the digits 0 to 9; the last three hold no digit that could be read."""

Probabilities = NDArray[np.float64]


class Threshold(msgspec.Struct, frozen=True):
    """What fields must reach to be accepted, found on writers the model never saw.

    Attributes:
        kind: kind of field it holds for.
        max_error: tolerated share of wrong values among those accepted.
        assurance: confidence of `bound`.
        threshold: least confidence of a field.
        fields: accepted fields of the certifying writers.
        wrong: how many of them were wrong.
        bound: upper bound of the share of wrong values, exact binomial.
    """

    kind: str
    max_error: float
    assurance: float
    threshold: float
    fields: int
    wrong: int
    bound: float


class Calibration(msgspec.Struct, frozen=True):
    """From the network's own confidence to one that holds for whole fields.

    Attributes:
        slope: of the log odds of a field.
        offset: added to them.
    """

    slope: float
    offset: float


class Card(msgspec.Struct, frozen=True):
    """What is known about a model file.

    Attributes:
        name: of the model.
        version: of the model.
        sha256: hexadecimal digest of the model file.
        classes: one name per output.
        calibration: how its confidence is to be taken for whole fields.
        laboratory: thresholds that ship with it.
    """

    name: str
    version: str
    sha256: str
    classes: tuple[str, ...]
    calibration: Calibration
    laboratory: tuple[Threshold, ...]

    @property
    def engine(self) -> str:
        """Name and version, as readings state them."""
        return f"{self.name} {self.version}"


class Memory(NamedTuple):
    """Cells that a model has looked at.

    Attributes:
        seen: N×width, what they look like to it.
        hands: N numbers of who wrote them.
    """

    seen: NDArray[np.float32]
    hands: NDArray[np.int64]


class DigitModel:
    """A network that says what stands in a cell."""

    def __init__(self, card: Card, content: bytes) -> None:
        """Starts the network in `content` on one thread."""
        self.card = card
        self._session = session(content)
        self._width = int(self._session.get_outputs()[1].shape[1])

    def probabilities(
        self, framed: NDArray[np.uint8], hands: NDArray[np.int64] | None = None
    ) -> Probabilities:
        """Returns N×14 probabilities; all cells are one person's unless `hands` says otherwise."""
        if hands is None:
            hands = np.zeros(len(framed), np.int64)
        return self.look(framed, hands)[0]

    def look(
        self, framed: NDArray[np.uint8], hands: NDArray[np.int64], known: Memory | None = None
    ) -> tuple[Probabilities, Memory]:
        """Returns N×14 probabilities of N×2×32×32 framed cells, and how to know them again.

        Args:
            framed: the cells.
            hands: numbers who wrote each.
            known: cells looked at before; those of the same hands are taken into account.
        """
        before = known or Memory(np.zeros((0, self._width), np.float32), np.zeros(0, np.int64))
        if not len(framed):
            return np.zeros((0, len(self.card.classes))), before
        shown = {"cells": framed, "hand": hands, "known": before.seen, "known_hand": before.hands}
        logits, seen = self._session.run(None, shown)
        return softmax(np.asarray(logits, np.float64)), Memory(np.asarray(seen), hands)


def session(content: bytes) -> onnxruntime.InferenceSession:
    """Starts the network in `content`, an ONNX file, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def softmax(logits: Probabilities) -> Probabilities:
    """Row by row, from logits to probabilities."""
    if not len(logits):
        return logits
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def load_card(path: Path) -> Card:
    """Reads a model card.

    Raises:
        InputError: the card is missing or broken.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Card)
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(
            f"{path}: the model card cannot be read ({error}); install the program again."
        ) from error


def vouched_for(path: Path) -> tuple[Card, bytes]:
    """Returns the model at `path` and its card, which stands beside it as `.json`.

    Raises:
        InputError: model or card is missing, or the model is not the one on its card.
    """
    card = load_card(path.with_suffix(".json"))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: the model cannot be read ({error}); install the program again."
        ) from error
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise InputError(
            f"{path}: not the model that its card describes (other SHA-256); "
            "install the program again, or export model and card together."
        )
    return card, content


def load_model(path: Path) -> DigitModel:
    """Loads the digit model at `path`, whose card stands beside it as `.json`.

    Raises:
        InputError: model or card is missing, or the model is not the one on its card.
    """
    return DigitModel(*vouched_for(path))


@cache
def shipped_model() -> DigitModel:
    """The digit model that comes with the program, loaded once per process."""
    return load_model(MODELS / "digits.onnx")


def laboratory_thresholds() -> tuple[Threshold, ...]:
    """Thresholds that ship with the model, each with the bound that certifies it."""
    return load_card(MODELS / "digits.json").laboratory
