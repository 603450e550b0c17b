"""Runs one command and measures it: seconds, peak memory, and why it failed."""
import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

PAGE = os.sysconf("SC_PAGE_SIZE")
INTERVAL = 0.05
RUNS = 3
QUICK = 10


@dataclass
class Measured:
    """What a command took. `memory` is in bytes; `failure` is a sentence, or None."""

    seconds: float
    memory: int
    failure: str | None


def measure(command, environment, directory=None, limit=900):
    """Runs `command` (a list) in a session of its own, and ends all of that session after `limit` seconds.

    Memory is the resident memory, mapped files included, of all processes of the session together, sampled; or that of
    the largest one as the kernel counted it, where that is more.
    """
    with tempfile.TemporaryFile() as said:
        start = time.monotonic()
        child = subprocess.Popen(
            command,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        ended, late, peaks = threading.Event(), threading.Event(), [0]
        sampler = threading.Thread(target=sample, args=(child.pid, ended, peaks))
        timer = threading.Timer(limit, end_session, args=(child.pid, late))
        sampler.start()
        timer.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            end_session(child.pid, late)
            raise
        finally:
            seconds = time.monotonic() - start
            timer.cancel()
            ended.set()
            sampler.join()
        child.returncode = os.waitstatus_to_exitcode(status)
        failure = None
        if late.is_set():
            failure = f"stopped after {limit} s"
        elif child.returncode != 0:
            failure = f"failed ({child.returncode}): {last_line(said)}"
    return Measured(seconds, max(peaks[0], usage.ru_maxrss * 1024), failure)


def fastest(command, environment, output, limit):
    """Runs a command that writes the file `output` up to RUNS times, while that is quick: least time, most memory."""
    best, spent = None, 0
    for _ in range(RUNS):
        if os.path.exists(output):
            os.unlink(output)
        run = measure(command, environment, limit=limit)
        if run.failure:
            return run
        best = best or run
        best = Measured(min(best.seconds, run.seconds), max(best.memory, run.memory), None)
        spent += run.seconds
        if spent > QUICK:
            break
    return best


def end_session(session, late):
    late.set()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def sample(session, ended, peaks):
    while not ended.wait(INTERVAL):
        peaks[0] = max(peaks[0], sum(resident(entry, session) for entry in os.listdir("/proc") if entry.isdigit()))


def resident(process, session):
    try:
        with open(f"/proc/{process}/stat") as file:
            # After the name, which may hold spaces: state, parent, group, session; resident pages are the 22nd.
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[21]) * PAGE if int(fields[3]) == session else 0


def last_line(file):
    file.seek(0)
    lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip()[:160].replace("|", "/") if lines else "no message"
