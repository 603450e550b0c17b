internal import Glibc

/// A source of lines.
public protocol LineReader {
    /// Returns the next line without its newline, or nil at the end.
    mutating func nextLine() async throws -> String?
}

/// The lines of a file descriptor, read through a buffer.
public struct FileLineReader: LineReader {
    private let descriptor: CInt
    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0

    /// Reads from a descriptor that stays open, and the caller's.
    ///
    /// - Parameter limit: the longest line accepted, in bytes.
    public init(descriptor: CInt, limit: Int = LFSAgentMessage.lineLimit) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Returns the next line; what follows the last newline of the input is no line.
    ///
    /// It blocks its thread: git-lfs speaks only when no transfer is running, so nothing else waits for a thread then.
    ///
    /// - Throws: `LFSAgentError` when a line is too long or the descriptor cannot be read.
    public mutating func nextLine() async throws -> String? {
        var scanned = start
        while true {
            if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                guard end - start <= limit else { throw tooLong }
                defer { start = end + 1 }
                return String(decoding: buffer[start..<end], as: UTF8.self)
            }
            guard buffer.count - start <= limit else { throw tooLong }
            buffer.removeSubrange(..<start)
            start = 0
            scanned = buffer.count
            guard try fill() else { return nil }
        }
    }

    private var tooLong: LFSAgentError {
        LFSAgentError(.malformedMessage, "a line of the input is longer than \(limit) bytes")
    }

    private mutating func fill() throws -> Bool {
        let wanted = 64 << 10
        let block = try [UInt8](unsafeUninitializedCapacity: wanted) { space, count in
            var got = read(descriptor, space.baseAddress, wanted)
            while got < 0 && errno == EINTR { got = read(descriptor, space.baseAddress, wanted) }
            guard got >= 0 else {
                throw LFSAgentError(.inputOutput, "the input cannot be read: \(String(cString: strerror(errno)))")
            }
            count = got
        }
        buffer += block
        return !block.isEmpty
    }
}
