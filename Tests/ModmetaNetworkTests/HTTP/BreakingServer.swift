import ModmetaNetwork
import ModmetaTesting
import Synchronization

/// A server with one file, whose connections break after some bytes of each answer.
final class BreakingServer: Sendable {
    /// How an answer ends before its time.
    enum Break: Sendable, CaseIterable {
        case end, reset, silence
    }

    /// How the server behaves.
    struct Habits: Sendable {
        /// The bytes of an answer's body that are sent before it breaks.
        var breaksAfter = 100_000
        /// How many answers break; the others are whole.
        var breaks = Int.max
        var ending = Break.end
        var sendsRanges = true
        var isChunked = false
        /// Whether `If-Range` is understood.
        var comparesValidators = true
        /// The tag of each answer by its number; the last one stays.
        var tags = ["\"one\""]
        /// What is served under another tag than the first.
        var otherContent: [UInt8] = []
    }

    /// What was asked for, in order.
    var requests: [LoopbackRequest] { seen.requests.withLock { $0 } }
    /// The server's URL.
    let url: String

    private final class Seen: Sendable {
        let requests = Mutex<[LoopbackRequest]>([])
    }

    private let seen: Seen
    private let server: LoopbackServer

    init(_ content: [UInt8], _ habits: Habits = Habits()) throws {
        let seen = Seen()
        server = try LoopbackServer { connection in
            while let request = try connection.request() {
                let number = seen.requests.withLock { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                let (head, body) = BreakingServer.answer(request, number, content, habits)
                try connection.send(head)
                guard number < habits.breaks, body.count > habits.breaksAfter else {
                    try connection.send(habits.isChunked ? chunked(body) : body)
                    continue
                }
                let part = Array(body.prefix(habits.breaksAfter))
                try connection.send(habits.isChunked ? Array(chunked(part).dropLast(5)) : part)
                // A reset is given a moment, so that something is read before it; silence outlasts whoever waits.
                connection.pause(milliseconds: habits.ending == .silence ? 6000 : 30)
                return habits.ending == .reset ? connection.reset() : connection.close()
            }
        }
        self.seen = seen
        url = server.url
    }

    private static func answer(
        _ request: LoopbackRequest, _ number: Int, _ content: [UInt8], _ habits: Habits
    ) -> (head: String, body: [UInt8]) {
        let tag = habits.tags[min(number, habits.tags.count - 1)]
        let content = tag == habits.tags[0] ? content : habits.otherContent
        let condition = request[field: "if-range"]
        let isCurrent = condition == nil || condition == tag || !habits.comparesValidators
        var (status, body, fields) = (200, content, "ETag: \(tag)\r\n")
        if habits.sendsRanges, isCurrent, let range = request[field: "range"] {
            let bounds = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            guard bounds[0] < content.count else { return ("HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n", []) }
            let last = min(bounds.count > 1 ? bounds[1] : .max, content.count - 1)
            (status, body) = (206, Array(content[bounds[0]...last]))
            fields += "Content-Range: bytes \(bounds[0])-\(last)/\(content.count)\r\n"
        }
        fields += habits.isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(body.count)\r\n"
        return ("HTTP/1.1 \(status) Status\r\n\(fields)\r\n", body)
    }
}

/// A body in chunks, with the last one.
private func chunked(_ body: [UInt8]) -> [UInt8] {
    Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
}
