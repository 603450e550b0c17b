internal import Glibc
internal import ModmetaFormats
internal import Synchronization

/// The body of an answer, put together from what one attempt after another brought.
///
/// What has arrived when a transfer breaks off stays here, and the next request asks for the rest (`fields`). Servers that
/// know no ranges send everything again, and those that have something else by now do so too; then it begins anew. Whether
/// the bytes of all attempts are of one thing is told by their hash, which whoever reads objects compares in the end.
///
/// For one request at a time.
public final class ReceivedBody: Sendable {
    private struct State: Sendable {
        var bytes: [UInt8] = []
        var count: UInt64 = 0
        var furthest: UInt64 = 0
        /// Where in the whole the first byte lies.
        var start: UInt64 = 0
        /// Where in the whole the body ends; nil where the server did not say.
        var end: UInt64?
        /// What tells versions of the whole apart.
        var validator: String?
        /// The last answer without its body; nil before the first.
        var answer: HTTPResponse?
        var isPart = false
        /// Whether the server sends everything again although nothing has changed, as those do that compare the validator wrongly.
        var ignoresValidator = false
    }

    private let wanted: Range<UInt64>?
    private let descriptor: CInt?
    private let state = Mutex(State())

    /// The most memory taken on a server's word alone.
    private static let trustedLength: UInt64 = 1 << 20

    /// Prepares for a body.
    ///
    /// - Parameters:
    ///   - wanted: the part that is asked for, not empty; nil for the whole.
    ///   - descriptor: an empty file, open for reading and writing, that the body goes to; the caller closes it. Nil for memory.
    public init(wanted: Range<UInt64>? = nil, descriptor: CInt? = nil) {
        self.wanted = wanted
        self.descriptor = descriptor
    }

    /// How many bytes are here.
    public var count: UInt64 { state.withLock { $0.count } }
    /// How many bytes were ever here at once: it grows with every attempt that brought something new.
    public var furthest: UInt64 { state.withLock { $0.furthest } }
    /// Where in the whole the first byte lies.
    public var start: UInt64 { state.withLock { $0.start } }
    /// Whether the server said that it sent a part of the whole, as it does where it knows ranges.
    public var isPart: Bool { state.withLock { $0.isPart } }
    /// The last answer, without its body, if all it announced is here; nil if something is still to be asked for.
    public var completed: HTTPResponse? {
        state.withLock { $0.end == $0.start + $0.count ? $0.answer : nil }
    }

    /// Whether less is here than the server announced; as after an answer with less of the rest than it was asked for.
    public var isShort: Bool { state.withLock { state in state.end.map { state.start + state.count < $0 } ?? false } }

    /// The fields of a request for what is not here yet.
    public var fields: [HTTPField] {
        state.withLock { state in
            guard state.count > 0 else {
                return wanted.map { [HTTPField("Range", "bytes=\($0.lowerBound)-\($0.upperBound - 1)")] } ?? []
            }
            let end = state.end ?? (state.isPart ? wanted?.upperBound : nil)
            let last = end.map { "\(max($0, 1) - 1)" } ?? ""
            let range = HTTPField("Range", "bytes=\(state.start + state.count)-\(last)")
            guard let validator = state.validator, !state.ignoresValidator else { return [range] }
            return [range, HTTPField("If-Range", validator)]
        }
    }

    /// Takes the header of a successful answer: its body goes on where the last one broke off, or everything begins anew.
    ///
    /// - Parameters:
    ///   - limit: the most bytes the body may have in all.
    ///   - server: who answered, for people to read.
    /// - Throws: `.corrupt` for a body that is announced to be larger, `.unavailable` for the rest of something else; all
    ///   is asked for then.
    public func begin(_ answer: HTTPResponse, limit: UInt64, from server: String) throws {
        let range = ContentRange(answer[field: "content-range"])
        let isPart = answer.status == 206 || range != nil
        let validator = answer[field: "etag"].flatMap { $0.utf8.first == UInt8(ascii: "\"") ? $0 : nil }
        let length = answer[field: "content-length"].flatMap { UInt64($0) }
        try state.withLock { state in
            if isPart && state.count > 0 {
                let isSame =
                    validator == nil || state.validator == nil
                    || validator.map { ByteString($0) } == state.validator.map { ByteString($0) }
                guard isSame, range.map({ $0.start == state.start + state.count }) ?? true else {
                    clear(&state)
                    throw StoreError(.unavailable, "\(server) sent another part of an answer than the rest of it")
                }
            } else {
                if state.count > 0, validator == state.validator { state.ignoresValidator = true }
                clear(&state)
                state.isPart = isPart
                state.start = isPart ? range?.start ?? wanted?.lowerBound ?? 0 : 0
                state.validator = validator
            }
            state.answer = answer
            if let length {
                guard length <= limit - min(state.count, limit) else { throw ReceivedBody.tooLarge(limit, server) }
                state.end = state.end ?? state.start + state.count + length
            } else if wanted == nil || !state.isPart {
                state.end = state.end ?? range?.total.flatMap { $0 > state.start + state.count ? $0 : nil }
            }
            if descriptor == nil, let length {
                state.bytes.reserveCapacity(Int(state.count + min(length, ReceivedBody.trustedLength)))
            }
        }
    }

    /// Takes the next bytes of the answer's body.
    ///
    /// - Parameters:
    ///   - limit: as for `begin`.
    ///   - server: as for `begin`.
    /// - Throws: `.corrupt` for more bytes than there may be, and what a disk has to say.
    public func append(_ bytes: UnsafeRawBufferPointer, limit: UInt64, from server: String) throws {
        try state.withLock { state in
            guard UInt64(bytes.count) <= limit - min(state.count, limit) else {
                throw ReceivedBody.tooLarge(limit, server)
            }
            if let descriptor {
                try ReceivedBody.write(bytes, to: descriptor, at: state.count, from: server)
            } else {
                state.bytes.append(contentsOf: bytes)
            }
            state.count += UInt64(bytes.count)
            state.furthest = max(state.furthest, state.count)
        }
    }

    /// Whether a server answers that it has no such rest; then everything here is dropped, and asked for anew.
    public func isRefused(by answer: HTTPResponse) -> Bool {
        state.withLock { state in
            guard state.count > 0, [412, 416].contains(answer.status) else { return false }
            clear(&state)
            return true
        }
    }

    /// Drops everything that is here, as it is not what was asked for.
    public func clear() { state.withLock { clear(&$0) } }

    /// Hands over the bytes in memory.
    public func take() -> [UInt8] {
        state.withLock { state in
            let bytes = state.bytes
            state.bytes = []
            return bytes
        }
    }

    private func clear(_ state: inout State) {
        let (furthest, ignoresValidator) = (state.furthest, state.ignoresValidator)
        state = State()
        (state.furthest, state.ignoresValidator) = (furthest, ignoresValidator)
        // What stays behind the new end is overwritten, or found to be too much.
        if let descriptor { _ = ftruncate(descriptor, 0) }
    }

    private static func tooLarge(_ limit: UInt64, _ server: String) -> StoreError {
        StoreError(.corrupt, "the answer of \(server) is larger than the \(limit) bytes it may have")
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: CInt, at offset: UInt64, from server: String
    ) throws {
        var done = 0
        while done < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw StoreError.failed(to: "write", "what is downloaded from \(server)") }
            done += count
        }
    }
}
