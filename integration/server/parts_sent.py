#!/usr/bin/env python3
"""Counts what an interrupted upload in parts sent twice: parts_sent.py LOG BEFORE SIZE STREAMS.

BEFORE is the number of lines that the LOG of proxy.py had when the upload was interrupted. No part that was
acknowledged before may have been sent again, and what was sent of all parts may exceed SIZE by one part for each
stream at most.
"""
import re
import sys

log, before, size, streams = sys.argv[1], *map(int, sys.argv[2:])
with open(log) as file:
    lines = [line.rstrip("\n").split("\t") for line in file]
parts = []
for position, (_, _, method, target, sent, status, *_) in enumerate(lines):
    number = re.search(r"partNumber=(\d+)", target)
    if method == "PUT" and number:
        parts.append((position >= before, int(number[1]), int(sent), status == "200"))
acknowledged = {number for is_after, number, _, is_done in parts if is_done and not is_after}
again = sorted(number for is_after, number, _, _ in parts if is_after and number in acknowledged)
largest = max(sent for _, _, sent, _ in parts)
resent = sum(sent for _, _, sent, _ in parts) - size
print(f"{len(acknowledged)} parts acknowledged, {len(again)} of them sent again; {resent} bytes of {size} resent")
if not acknowledged or again or not 0 <= resent <= streams * largest:
    sys.exit("too much was sent twice, or nothing was interrupted")
