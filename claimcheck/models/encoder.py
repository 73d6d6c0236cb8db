"""Runs an ONNX body over token sequences: sorted by length, padded little, the same result alone or in a batch."""

from __future__ import annotations

import ctypes
import lzma
import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as faults
from tokenizers import Tokenizer

from claimcheck.errors import ModelError
from claimcheck.models import weights
from claimcheck.models.embedding import EmbeddingTable
from claimcheck.models.packing import MARK

WIDTH = 384
PAD = 1
_SPIN_US: Final = "20"
_TOKENS_AT_ONCE: Final = 512
"""Tokens from which a larger batch no longer helps: what lies between layers then outgrows the processor's caches."""
_FAULTS: Final = (
    faults.Fail, faults.InvalidArgument, faults.InvalidGraph, faults.InvalidProtobuf, faults.NotImplemented,
    faults.RuntimeException,
)  # fmt: skip


@cache
def load_tokenizer() -> Tokenizer:
    """The multilingual-e5 tokenizer (Unigram, 250,002 pieces).

    Raises:
        ModelError: its file is missing or damaged.
    """
    try:
        tokenizer = Tokenizer.from_buffer(lzma.decompress(weights.weights_file(weights.TOKENIZER).read_bytes()))
    except (lzma.LZMAError, ValueError) as error:
        raise weights.damaged(weights.TOKENIZER) from error
    # Held for good: the process would otherwise spend 0.2 s at its end on freeing the pieces one by one.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(tokenizer))
    return tokenizer


@cache
def load_table() -> EmbeddingTable:
    """The shared word embeddings.

    Raises:
        ModelError: their file is missing or damaged.
    """
    table = EmbeddingTable(weights.weights_file(weights.EMBEDDING), WIDTH)
    if len(table) <= MARK:
        raise weights.damaged(weights.EMBEDDING)
    return table


class Encoder:
    """One model body.

    Args:
        file: name of its ONNX file.
        threads: threads for one run; 0 means one for each core that this process may use.
        batch_size: most sequences in one run.

    Raises:
        ModelError: the file is missing or damaged.
    """

    def __init__(self, file: str, *, threads: int = 0, batch_size: int = 32) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        options.log_severity_level = 3
        # Threads wait for each other by spinning, which takes the cores from whoever has work: beside two busy
        # processes on two cores, runs take a third less time with short spins than with the default, and as long alone.
        options.add_session_config_entry("session.intra_op.spin_duration_us", _SPIN_US)
        path = weights.weights_file(file)
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except _FAULTS as error:
            raise weights.damaged(file) from error
        self._file = file
        self._table = load_table()
        self._batch_size = batch_size

    def run(
        self,
        sequences: Sequence[Sequence[int]],
        outputs: Sequence[str] | None = None,
        *,
        marks: Sequence[Sequence[int]] | None = None,
    ) -> Iterator[tuple[int, tuple[NDArray[np.float32], ...]]]:
        """Outputs of the body for each sequence of token ids.

        Args:
            sequences: token ids.
            outputs: names of the wanted outputs; unset: all.
            marks: for each sequence the positions that the body is asked about, if it wants them.

        Yields:
            ``(index in sequences, outputs)``, longest first; an output with an axis of tokens or marks is padded.

        Raises:
            ModelError: the run fails, most likely for want of memory.
        """
        waiting = sorted(range(len(sequences)), key=lambda i: -len(sequences[i]))
        while waiting:
            longest = len(sequences[waiting[0]])
            size = max(1, min(self._batch_size, _TOKENS_AT_ONCE // longest))
            chosen, waiting = waiting[:size], waiting[size:]
            ids = np.full((len(chosen), longest), PAD, np.int64)
            mask = np.zeros((len(chosen), longest), np.int32)
            for row, index in enumerate(chosen):
                ids[row, : len(sequences[index])] = sequences[index]
                mask[row, : len(sequences[index])] = 1
            given: dict[str, NDArray[Any]] = {"embeddings": self._table.rows(ids), "mask": mask}
            if marks is not None:
                given["marks"] = padded([marks[index] for index in chosen])
            try:
                arrays = self._session.run(outputs, given)
            except _FAULTS as error:
                raise ModelError(
                    f"The model {self._file} could not run: {str(error).splitlines()[0]}",
                    "Free memory or lower batch_size in the settings; `claimcheck doctor` tries the models.",
                ) from error
            for row, index in enumerate(chosen):
                yield index, tuple(array[row] for array in arrays)


def padded(marks: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Positions of several sequences as one array; where one has fewer, its first token stands."""
    positions = np.zeros((len(marks), max(map(len, marks))), np.int64)
    for row, own in enumerate(marks):
        positions[row, : len(own)] = own
    return positions


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
