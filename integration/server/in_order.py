#!/usr/bin/env python3
"""Shows the requests in a log of proxy.py, in the order in which they began: in_order.py LOG BEFORE PREFIX.

BEFORE is the number of the log's lines to pass over; PREFIX, what every target begins with and need not be shown. Times are in
milliseconds since the first request. What could be no shorter whatever was done at the same time is the greatest number
of requests of which each began after the one before had ended.
"""
import sys
from urllib.parse import unquote

log, before, prefix = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with open(log) as file:
    lines = [line.rstrip("\n").split("\t") for line in file][before:]
requests = sorted((int(began), int(ended), *rest) for _, _, *rest, began, ended in lines)
if not requests:
    sys.exit("no requests")
start = requests[0][0]


def shown(target):
    """A target without what all have in common."""
    text = unquote(target).replace(prefix, "")
    return text if len(text) < 90 else text[:87] + "..."


in_turn, free, weights = 0, -1, None
for began, ended, *_ in sorted(requests, key=lambda request: request[1]):
    if began >= free:
        in_turn, free = in_turn + 1, ended
for began, ended, method, target, sent, status, received in requests:
    is_weights = "/lfs/objects/" in target and max(int(sent), int(received)) > 0
    if is_weights and weights is None:
        weights = began - start
    print(f"{began - start:7} {ended - start:7}  {method:6} {status:>3} {max(int(sent), int(received)):9}  {shown(target)}")
last = max(ended for _, ended, *_ in requests) - start
print(f"{len(requests)} requests, {in_turn} of them one after another, in {last} ms; weights from {weights} ms on")
