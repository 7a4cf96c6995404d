"""Eight-bit weights and activations: a third of the bytes and four fifths of the time."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class _Samples(CalibrationDataReader):
    """Hands the quantiser what the network will see."""

    def __init__(self, framed: Sequence[NDArray[np.uint8]]) -> None:
        self._feeds = iter(
            {"cells": cells, "hand": np.zeros(len(cells), np.int64)} for cells in framed
        )

    def get_next(self) -> dict[str, NDArray[np.generic]] | None:
        return next(self._feeds, None)


def quantised(content: bytes, framed: Sequence[NDArray[np.uint8]]) -> bytes:
    """Returns the ONNX model `content` in eight bits, its ranges taken from `framed` fields."""
    logging.getLogger().setLevel(logging.ERROR)
    with TemporaryDirectory() as scratch:
        plain, ready, small = (Path(scratch) / f"{name}.onnx" for name in ("a", "b", "c"))
        plain.write_bytes(content)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready), str(small), _Samples(framed), quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
        )  # fmt: skip
        return small.read_bytes()
