#!/usr/bin/env python3
"""Sends a signal to a command and all it started, once a line's log says that enough has happened.

    interrupted.py SIGNAL LOG PATTERN COUNT COMMAND...

Waits until COUNT lines of LOG, a file that proxy.py writes, match PATTERN; it is an error if the command ends before.
"""
import os
import re
import signal
import subprocess
import sys
import time

name, log, pattern, count = sys.argv[1:5]
seen = re.compile(pattern)
process = subprocess.Popen(sys.argv[5:], start_new_session=True)
end = time.monotonic() + 120
while True:
    if process.poll() is not None:
        sys.exit(f"the command ended with {process.returncode} before it was interrupted")
    if time.monotonic() > end:
        os.killpg(process.pid, signal.SIGKILL)
        sys.exit(f"{pattern} was not seen {count} times in two minutes")
    with open(log) as file:
        if sum(seen.search(line) is not None for line in file) >= int(count):
            break
    time.sleep(0.02)
os.killpg(process.pid, getattr(signal, name))
process.wait(timeout=60)
