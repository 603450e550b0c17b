"""Requests and answers of plain HTTP/1.1 for proxy.py, one exchange after the other on a connection."""
import asyncio

from proxy import BLOCK, flipped

# Where a body does not say how long it is, its fault strikes within so many bytes.
GUESSED = 256


class Message:
    """The head of a request or an answer, and how its body is told from what follows."""

    def __init__(self, head):
        self.head = head
        lines = head.decode("latin-1").split("\r\n")
        self.start = lines[0].split(" ")
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.strip().lower()] = value.strip()
        self.length = int(self.fields.get("content-length", 0))
        self.is_chunked = "chunked" in self.fields.get("transfer-encoding", "").lower()
        self.ends_with_connection = False

    @classmethod
    async def read(cls, reader):
        return cls(await reader.readuntil(b"\r\n\r\n"))

    @classmethod
    async def answer(cls, reader, request):
        message = await cls.read(reader)
        status = int(message.start[1])
        if request.start[0] == "HEAD" or status < 200 or status in (204, 304):
            message.length, message.is_chunked = 0, False
        elif not message.is_chunked and "content-length" not in message.fields:
            message.ends_with_connection = True
        return message

    @property
    def has_body(self):
        return self.length > 0 or self.is_chunked or self.ends_with_connection

    async def pieces(self, reader):
        """The body as it is on the wire; with each piece whether it is content."""
        if self.is_chunked:
            while True:
                line = await reader.readuntil(b"\r\n")
                yield line, False
                left = int(line.split(b";")[0], 16)
                if left == 0:
                    break
                async for piece in exactly(reader, left):
                    yield piece, True
                yield await reader.readexactly(2), False
            while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
                yield line, False
            yield line, False
        elif self.ends_with_connection:
            while piece := await reader.read(BLOCK):
                yield piece, True
        else:
            async for piece in exactly(reader, self.length):
                yield piece, True


async def exactly(reader, count):
    while count:
        piece = await reader.read(min(count, BLOCK))
        if not piece:
            raise EOFError
        count -= len(piece)
        yield piece


class Requests:
    """A connection of requests and answers."""

    def __init__(self, client, open_server, faults):
        self.client, self.open_server, self.faults, self.server = client, open_server, faults, None

    async def run(self):
        while not self.client.reader.at_eof():
            try:
                request = await Message.read(self.client.reader)
            except asyncio.IncompleteReadError as error:
                if error.partial:
                    raise
                break
            # A server may end a connection between two requests.
            if self.server is None or self.server.reader.at_eof():
                self.server = await self.open_server()
            if not await Exchange(self, request).run():
                break
        await self.client.finish()


class Exchange:
    """One request and its answer."""

    def __init__(self, connection, request):
        self.client, self.server, self.faults = connection.client, connection.server, connection.faults
        self.request, self.sent, self.received, self.status = request, 0, 0, "-"
        self.number, self.fault = self.faults.draw(" ".join(request.start[:2]))
        self.began = self.faults.now()

    async def run(self):
        """Returns whether the connection goes on."""
        try:
            if self.fault and self.fault.kind in ("error", "busy"):
                return await self.refuse()
            forward = asyncio.create_task(self.relay_request())
            try:
                goes_on = await self.relay_answer(forward)
                await forward
            finally:
                forward.cancel()
                await asyncio.gather(forward, return_exceptions=True)
            return goes_on and not self.client.reader.at_eof()
        finally:
            method, target = self.request.start[:2]
            self.faults.note(
                self.number, self.fault, method, target, self.sent, self.status, self.received, self.began)

    async def refuse(self):
        """Answers in the server's place, which may have done all that was asked."""
        options = self.faults.options
        is_done = self.fault.strikes_request
        if "expect" in self.request.fields:
            await self.client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if is_done:
            await self.server.send(self.without_expect(self.request.head))
        async for piece, is_content in self.request.pieces(self.client.reader):
            self.sent += len(piece) if is_content else 0
            if is_done:
                await self.server.send(piece)
        if is_done:
            answer = await Message.answer(self.server.reader, self.request)
            async for _ in answer.pieces(self.server.reader):
                pass
        if self.fault.kind == "busy":
            self.status = 503
            lines = ("HTTP/1.1 503 Service Unavailable", f"Retry-After: {options.retry_after}", "Content-Length: 0")
            await self.client.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        elif options.answer:
            with open(options.answer, "rb") as file:
                data = file.read()
            self.status = int(data.split(b" ", 2)[1])
            # What it says of its length is made right, so that it can be written by hand.
            head, _, body = data.partition(b"\n\n")
            lines = [head.replace(b"\n", b"\r\n"), b"Content-Length: %d" % len(body), b"", b""]
            await self.client.send(b"\r\n".join(lines) + (b"" if self.request.start[0] == "HEAD" else body))
        else:
            self.status = 500
            await self.client.send(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
        return not is_done or not answer.ends_with_connection

    @staticmethod
    def without_expect(head):
        lines = head.split(b"\r\n")
        return b"\r\n".join(line for line in lines if not line.lower().startswith(b"expect:"))

    async def relay_request(self):
        fault = self.fault if self.fault and self.fault.strikes_request else None
        within = self.faults.options.within
        # There would be nothing to strike.
        if fault and (fault.kind == "flip" or within) and not self.request.has_body:
            fault.strikes_request, fault = False, None
        async for count in self.relay(self.request, self.client.reader, self.server, fault, within):
            self.sent += count

    async def relay_answer(self, forward):
        while True:
            reading = asyncio.create_task(Message.answer(self.server.reader, self.request))
            await asyncio.wait([reading, forward], return_when=asyncio.FIRST_COMPLETED)
            if forward.done() and (error := forward.exception()):
                reading.cancel()
                raise error
            answer = await reading
            self.status = int(answer.start[1])
            if self.status >= 200:
                break
            await self.client.send(answer.head)
        fault = self.fault if self.fault and not self.fault.strikes_request else None
        if fault and fault.kind == "flip" and not answer.has_body:
            fault.kind = "reset"
        async for count in self.relay(answer, self.server.reader, self.client, fault, self.faults.options.within):
            self.received += count
        closes = answer.fields.get("connection", "").lower() == "close"
        return not answer.ends_with_connection and not closes

    @staticmethod
    async def relay(message, reader, sink, fault, within):
        """Passes a message on, as far as its fault lets it; yields how many bytes of content went."""
        flips = fault is not None and fault.kind == "flip"
        length = message.length if not message.is_chunked and not message.ends_with_connection else GUESSED
        at = int(fault.place * (within or (length if flips else len(message.head) + length))) if fault else None
        seen = 0
        if fault and not flips and at < len(message.head):
            await sink.send(message.head[:at])
            raise fault
        await sink.send(message.head)
        seen += 0 if flips else len(message.head)
        async for piece, is_content in message.pieces(reader):
            if at is not None and (is_content or not flips) and seen <= at < seen + len(piece):
                if not flips:
                    await sink.send(piece[: at - seen])
                    yield at - seen
                    raise fault
                piece = flipped(piece, at - seen)
            seen += len(piece) if is_content or not flips else 0
            await sink.send(piece)
            if is_content:
                yield len(piece)
