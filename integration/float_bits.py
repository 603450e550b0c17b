"""Converts the stored bits of F32, F16 and BF16 tensors to float32 numbers and back. Needs numpy."""
import sys

try:
    import numpy
except ImportError:
    sys.exit("numpy is not here: install it (Debian: python3-numpy), or use a Python that has it.")

STORED = {"F32": numpy.dtype("<f4"), "F16": numpy.dtype("<f2"), "BF16": numpy.dtype("<u2")}
MANTISSA = {"F32": 23, "F16": 10, "BF16": 7}
SMALLEST_NORMAL = {"F32": 2.0**-126, "F16": 2.0**-14, "BF16": 2.0**-126}


def to_float32(raw, dtype):
    """Returns the numbers that the bytes `raw` of a tensor hold."""
    stored = numpy.frombuffer(raw, STORED[dtype])
    if dtype == "BF16":
        return (stored.astype(numpy.uint32) << 16).view(numpy.float32)
    return stored.astype(numpy.float32)


def from_float32(values, dtype):
    """Returns the bytes of the numbers rounded to `dtype`: to nearest, ties to even."""
    values = numpy.ascontiguousarray(values, numpy.float32)
    if dtype != "BF16":
        with numpy.errstate(over="ignore"):
            return values.astype(STORED[dtype]).tobytes()
    words = values.view(numpy.uint32)
    rounded = (words + 0x7FFF + (words >> 16 & 1)) >> 16
    cut = words >> 16 | 0x40 * numpy.isnan(values)
    return numpy.where(numpy.isfinite(values), rounded, cut).astype(STORED[dtype]).tobytes()


def spacing(values, dtype):
    """Returns the distance from each number's size to the next larger one that `dtype` can hold."""
    _, exponents = numpy.frexp(numpy.maximum(numpy.abs(values), SMALLEST_NORMAL[dtype]))
    return numpy.ldexp(numpy.float32(1), exponents - 1 - MANTISSA[dtype])
