#!/usr/bin/env python3
"""Continues a series of real checkpoints to COUNT versions.

    series.py OUT COUNT CHECKPOINT CHECKPOINT...

The CHECKPOINTs are safetensors files of one training run, oldest first, with the same tensors. They are copied to
OUT/00.safetensors and on; the versions after them are made up, as follows, and no training is behind them. Needs numpy.

Each made-up version replays the update between two consecutive real checkpoints, drawn anew for the version, so that it
touches the tensors and rows which that update touched, and as strongly:

- F32: the moves of each row are the real ones in another order, with random signs.
- F16 and BF16 files show only the moves that crossed a rounding boundary. Rounding is unbiased, so the mean size of
  what is seen in a row is that of what happened: this mean is kept per row. The shape of the moves around it is drawn,
  per tensor, from moves that the files resolve finely (their spacing there is at most half the row's mean: small
  weights, which AdamW moves like large ones). Where a tensor has fewer than 64 of them, a half-normal shape is taken.
  Signs are random here too.
- So structure along columns is lost, and the steps form a random walk, where a real training drifts somewhat further.
- Moves are added to a hidden float32 master, which is rounded to the file's dtype for each version: 16-bit weights stay
  put for some versions and then jump, as in training. The master of a 16-bit weight starts at random within its cell.

Rows that a real update left as they were stay as they are, and so do tensors of other dtypes. Same input, same output.
"""
import sys

sys.dont_write_bytecode = True

import os
import shutil
import zlib

from float_bits import MANTISSA, from_float32, numpy, spacing, to_float32
from safetensors_header import BadCheckpoint, read_header

ENOUGH = 64
HALF_NORMAL = numpy.sqrt(numpy.float32(numpy.pi / 2))  # Makes the mean size of normal numbers 1.


def main(arguments):
    if len(arguments) < 4 or not arguments[1].isdigit():
        return "usage: series.py OUT COUNT CHECKPOINT CHECKPOINT..."
    out, count, real = arguments[0], int(arguments[1]), arguments[2:]
    if count < len(real):
        return f"series.py: COUNT is {count}, fewer than the {len(real)} checkpoints given."
    try:
        tensors = same_tensors(real)
        os.makedirs(out, exist_ok=True)
        digits = max(2, len(str(count - 1)))
        versions = [os.path.join(out, f"{number:0{digits}}.safetensors") for number in range(count)]
        for number, version in enumerate(versions):
            shutil.copyfile(real[min(number, len(real) - 1)], version)
        picks = numpy.random.default_rng(0).integers(len(real) - 1, size=count - len(real))
        for each in tensors:
            if each.dtype in MANTISSA and each.end > each.begin:
                continue_tensor(each, real, versions[len(real):], picks)
    except OSError as error:
        return f"series.py: {error.filename or out}: {error.strerror}"
    except BadCheckpoint as error:
        return f"series.py: {error}"


def same_tensors(paths):
    """Returns the tensors that all the files have, at the same offsets."""
    tensors, _ = read_header(paths[0])
    for path in paths[1:]:
        if read_header(path)[0] != tensors:
            raise BadCheckpoint(f"{path} has not the same tensors at the same offsets as {paths[0]}: take one run.")
    return tensors


def continue_tensor(tensor, real, versions, picks):
    """Writes one tensor into each of the made-up versions; `picks` says which real update each of them replays."""
    generator = numpy.random.default_rng(zlib.crc32(tensor.name.encode()))
    rows = tensor.shape[0] if len(tensor.shape) > 1 else 1
    known = [to_float32(read(path, tensor), tensor.dtype).reshape(rows, -1) for path in real]
    updates = [Update(before, after, tensor.dtype) for before, after in zip(known, known[1:])]
    master = known[-1].copy()
    if tensor.dtype != "F32":
        master += generator.uniform(-0.5, 0.5, master.shape).astype(numpy.float32) * spacing(master, tensor.dtype)
        # Below a power of two the cell is narrower: what would round to a neighbour starts at the stored number.
        rounded = to_float32(from_float32(master, tensor.dtype), tensor.dtype).reshape(master.shape)
        master = numpy.where(rounded == known[-1], master, known[-1])
    for version, pick in zip(versions, picks):
        master += updates[pick].resampled(generator)
        with open(version, "r+b") as file:
            file.seek(tensor.begin)
            file.write(from_float32(master, tensor.dtype))


def read(path, tensor):
    with open(path, "rb") as file:
        file.seek(tensor.begin)
        return file.read(tensor.end - tensor.begin)


class Update:
    """What one real update did to one tensor: the sizes of its moves, or their row means and the shape around these."""

    def __init__(self, before, after, dtype):
        self.moves = numpy.abs(after - before)
        self.moves[~numpy.isfinite(self.moves)] = 0
        self.exact = dtype == "F32"
        if self.exact:
            return
        self.means = self.moves.mean(axis=1, keepdims=True)
        fine = (spacing(before, dtype) <= self.means / 2) & (self.means > 0)
        self.shape = (self.moves / numpy.maximum(self.means, numpy.finfo(numpy.float32).tiny))[fine]
        self.shape = self.shape / self.shape.mean() if self.shape.size >= ENOUGH else None

    def resampled(self, generator):
        """Returns moves like the real ones, in another order and with random signs."""
        size = self.moves.shape
        if self.exact:
            sizes = generator.permuted(self.moves, axis=1)
        elif self.shape is None:
            sizes = self.means * numpy.abs(generator.standard_normal(size, numpy.float32)) * HALF_NORMAL
        else:
            sizes = self.means * self.shape[generator.integers(self.shape.size, size=size, dtype=numpy.int32)]
        return numpy.where(generator.integers(2, size=size, dtype=numpy.int8), sizes, -sizes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
