#!/usr/bin/env python3
"""A line to a server, as slow and as faulty as asked for: proxy.py TARGET [OPTIONS].

Listens on 127.0.0.1 and passes bytes on to TARGET (HOST:PORT) and back, until it is killed. Without --http it knows
nothing of what it passes, so TLS goes through it too, and each connection may suffer one fault. With --http it reads
plain HTTP/1.1, and each request may suffer one; see proxy_http.py. Which do is drawn from --seed, in the order in
which they come:

    --reset P       the connection is reset at a random byte of either direction
    --stall P       from a random byte on nothing arrives any more, though the connection stays
    --truncate P    the answer ends at a random byte
    --flip P        one bit is flipped; with --http in a body, of the request or the answer
    --error P       with --http: answered 500, or with the bytes in the file --answer; half of them after the server did
                    what was asked
    --busy P        with --http: answered 503 with Retry-After (--retry-after SECONDS), half of them likewise

P is a probability. --only TEXT spares what does not contain it in "METHOD TARGET"; with --flips PATTERN, bits flip
only where that matches, and other connections are reset instead. --after N spares the first N; --times N ends faults
after so many. --delay MS is a round trip, --rate BYTES what fits through a second in each direction, for all
connections together. --within BYTES, with --http, has faults strike within so many bytes of a message, however long it is; a shorter one
may escape. --port is the one to listen on, a free one if left out; --ready FILE gets it once it is listened
on. --log FILE gets a line for each request, or connection, when it ends: number, fault or -, method, target, bytes sent,
status, bytes received, and when it began and ended, in milliseconds since the proxy did; separated by tabs.
"""
import argparse
import asyncio
import os
import random
import re
import signal
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True

KINDS = ("reset", "stall", "truncate", "flip", "error", "busy")
BLOCK = 64 << 10
# How many seconds of bytes may wait for room on the line, as a router's buffer has them wait.
BUFFERED = 0.05


class Line:
    """One direction, which all connections share."""

    def __init__(self, rate, delay):
        self.rate, self.delay, self.free = rate, delay, 0.0

    async def pass_through(self, count):
        """Waits until there is room for some bytes; returns when they arrive at the other end."""
        now = asyncio.get_running_loop().time()
        if not self.rate:
            return now + self.delay
        self.free = max(self.free, now) + count / self.rate
        arrival = self.free + self.delay
        if self.free - now > BUFFERED:
            await asyncio.sleep(self.free - now - BUFFERED)
        return arrival


class End:
    """One end of a connection: bytes given to it arrive after the line's delay, in order."""

    def __init__(self, reader, writer, line):
        self.reader, self.writer, self.line = reader, writer, line
        self.queue = asyncio.Queue(256)
        self.task = asyncio.create_task(self.deliver())

    async def send(self, data):
        if data:
            await self.put(await self.line.pass_through(len(data)), bytes(data))

    async def finish(self):
        """Nothing more is sent; what was given still arrives."""
        await self.put(asyncio.get_running_loop().time() + self.line.delay, None)
        await asyncio.wait([self.task])

    async def put(self, due, data):
        if self.task.done():
            raise ConnectionResetError
        await self.queue.put((due, data))

    async def deliver(self):
        try:
            while True:
                due, data = await self.queue.get()
                if (wait := due - asyncio.get_running_loop().time()) > 0:
                    await asyncio.sleep(wait)
                if data is None:
                    if self.writer.can_write_eof():
                        self.writer.write_eof()
                    return
                self.writer.write(data)
                await self.writer.drain()
        except OSError:
            # The one who still sends finds out by put(), which no longer waits for room.
            while not self.queue.empty():
                self.queue.get_nowait()

    def reset(self):
        """Ends the connection as a lost peer does, with an RST."""
        try:
            linger = struct.pack("ii", 1, 0)
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        except OSError:
            # The peer was faster.
            pass
        self.close()

    def close(self):
        self.task.cancel()
        self.writer.transport.abort()


class Fault(Exception):
    """What befalls one connection or request: `place` is the share of the bytes that come before it."""

    def __init__(self, kind, chance):
        super().__init__(kind)
        self.kind, self.place = kind, chance.random()
        self.strikes_request = chance.random() < 0.5 and kind != "truncate"


class Faults:
    """Draws the faults, and notes what became of each connection or request."""

    def __init__(self, options):
        self.options, self.chance, self.left, self.count = options, random.Random(options.seed), options.times, 0
        self.log = open(options.log, "a", buffering=1) if options.log else None
        self.start = time.monotonic()

    def draw(self, text=""):
        """The next one's number and fault, if it suffers any."""
        self.count += 1
        drawn = self.chance.random()
        if self.count <= self.options.after or self.left == 0 or self.options.only not in text:
            return self.count, None
        for kind in KINDS:
            drawn -= getattr(self.options, kind)
            if drawn < 0:
                self.left -= 1
                if kind == "flip" and not re.search(self.options.flips, text):
                    kind = "reset"
                return self.count, Fault(kind, self.chance)
        return self.count, None

    def now(self):
        """The time in milliseconds."""
        return round((time.monotonic() - self.start) * 1000)

    def note(self, number, fault, method, target, sent, status, received, began):
        if self.log:
            name = fault.kind if fault else "-"
            entry = (number, name, method, target, sent, status, received, began, self.now())
            self.log.write("\t".join(map(str, entry)) + "\n")


class Bytes:
    """A connection whose bytes mean nothing to us."""

    def __init__(self, client, open_server, faults):
        self.client, self.open_server = client, open_server
        self.number, self.fault = faults.draw()
        self.faults, self.counts, self.began = faults, {"request": 0, "answer": 0}, faults.now()

    async def run(self):
        server = await self.open_server()
        # A fault strikes within the first MiB, at small distances as often as at great ones.
        at = int(2 ** (20 * self.fault.place)) if self.fault else None
        side = "request" if self.fault and self.fault.strikes_request else "answer"
        tasks = [
            asyncio.create_task(self.relay("request", self.client, server, at if side == "request" else None)),
            asyncio.create_task(self.relay("answer", server, self.client, at if side == "answer" else None)),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            sent, received = self.counts["request"], self.counts["answer"]
            self.faults.note(self.number, self.fault, "-", "-", sent, "-", received, self.began)

    async def relay(self, side, source, sink, at):
        while data := await source.reader.read(BLOCK):
            seen = self.counts[side]
            if at is not None and seen <= at < seen + len(data):
                if self.fault.kind != "flip":
                    await sink.send(data[: at - seen])
                    raise self.fault
                data = flipped(data, at - seen)
            self.counts[side] += len(data)
            await sink.send(data)
        await sink.finish()


def flipped(data, index):
    return data[:index] + bytes([data[index] ^ 0x10]) + data[index + 1 :]


async def suffer(fault, client):
    """Does to a connection what its fault says."""
    if fault.kind == "stall":
        # Whoever has waited long enough goes.
        while await client.reader.read(BLOCK):
            pass
    elif fault.kind == "truncate":
        await client.finish()
    else:
        client.reset()


async def serve(options):
    import proxy_http

    faults = Faults(options)
    host, _, port = options.target.rpartition(":")
    there, back = (Line(options.rate, options.delay / 2000) for _ in range(2))
    opened = set()

    async def connection(reader, writer):
        client = End(reader, writer, back)
        ends = [client]

        async def open_server():
            ends.append(End(*await asyncio.open_connection(host or "127.0.0.1", int(port), limit=256 << 10), there))
            return ends[-1]

        try:
            # The handshake, which needs no bytes, takes a round trip too.
            await asyncio.sleep(options.delay / 1000)
            await (proxy_http.Requests if options.http else Bytes)(client, open_server, faults).run()
        except Fault as fault:
            await suffer(fault, client)
        except (OSError, EOFError):
            # A connection that is lost on one side is lost on the other.
            client.reset()
        finally:
            for end in ends:
                end.close()

    def accept(reader, writer):
        task = asyncio.create_task(connection(reader, writer))
        opened.add(task)
        task.add_done_callback(opened.discard)

    listener = await asyncio.start_server(accept, "127.0.0.1", options.port, limit=256 << 10)
    if options.ready:
        with open(options.ready + ".part", "w") as ready:
            ready.write(f"{listener.sockets[0].getsockname()[1]}\n")
        os.rename(options.ready + ".part", options.ready)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    listener.close()
    for task in opened:
        task.cancel()
    await asyncio.gather(*opened, return_exceptions=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target")
    parser.add_argument("--http", action="store_true")
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=float, default=0)
    for name, kind, default in (
        ("port", int, 0), ("seed", int, 1), ("delay", float, 0), ("rate", float, 0), ("retry-after", int, 1),
        ("within", int, 0), ("after", int, 0), ("times", int, -1), ("only", str, ""), ("flips", str, ""), ("answer", str, None),
        ("ready", str, None), ("log", str, None),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default)
    options = parser.parse_args()
    if not options.http and (options.error or options.busy or options.only):
        parser.error("--error, --busy and --only need --http")
    asyncio.run(serve(options))


if __name__ == "__main__":
    # proxy_http imports this file by its name.
    sys.modules["proxy"] = sys.modules["__main__"]
    main()
