internal import Glibc

/// A sink of lines.
public protocol LineWriter: Sendable {
    /// Writes a line and its newline, at once and whole.
    ///
    /// - Throws: when nobody reads any more.
    func write(_ line: String) throws

    /// Whether anybody can still read what is written.
    var hasReader: Bool { get }
}

/// A file descriptor that lines are written to, without a buffer.
public struct FileLineWriter: LineWriter {
    private let descriptor: CInt

    /// Writes to a descriptor that stays open, and the caller's.
    ///
    /// From here on this process ignores SIGPIPE, so that a reader's death is an error and not our own.
    public init(descriptor: CInt) {
        self.descriptor = descriptor
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether the other end of the pipe or socket is open; anything else always has a reader.
    public var hasReader: Bool {
        var end = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&end, 1, 0) <= 0 || Int32(end.revents) & (POLLERR | POLLHUP) == 0
    }

    /// Writes a line and its newline.
    ///
    /// - Throws: `LFSAgentError` when the descriptor cannot be written.
    public func write(_ line: String) throws {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        try bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let written = Glibc.write(descriptor, piece.baseAddress, piece.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw LFSAgentError(
                        .inputOutput, "the output cannot be written: \(String(cString: strerror(errno)))")
                }
                rest = rest.dropFirst(written)
            }
        }
    }
}
