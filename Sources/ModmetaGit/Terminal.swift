internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Everything that our programs say to people: results on standard output, all else on standard error.
///
/// No other code writes to either, which `make check` checks, so that no text from elsewhere reaches a terminal raw: every
/// line passes `TerminalText`, and control sequences are made here alone.
package enum Terminal {
    /// Writes a line of the result.
    package static func print(_ line: String) { write("\(TerminalText.line(line))\n", to: STDOUT_FILENO) }

    /// Writes a line about what went wrong or what is going on.
    package static func error(_ line: String) { write("\(TerminalText.line(line))\n", to: STDERR_FILENO) }

    /// Writes a question, which is answered on the same line.
    package static func ask(_ question: String) { write(TerminalText.line(question), to: STDERR_FILENO) }

    /// Writes a text of several lines, all of them our own, as a part of the result.
    package static func print(lines text: String) { write(safe(lines: text), to: STDOUT_FILENO) }

    /// Writes a text of several lines, all of them our own, about what went wrong.
    package static func error(lines text: String) { write(safe(lines: text), to: STDERR_FILENO) }

    /// Writes a JSON document, which is the result.
    package static func print(json text: String) { write("\(TerminalText.json(text))\n", to: STDOUT_FILENO) }

    /// Writes a line over the one that was written so before, on a standard error that is a terminal.
    package static func redraw(_ line: String) { write("\r\u{1B}[K\(TerminalText.line(line))", to: STDERR_FILENO) }

    /// Takes the line away that `redraw` wrote.
    package static func clear() { write("\r\u{1B}[K", to: STDERR_FILENO) }

    /// Writes a line that the next one takes the place of, unless it is the last, as git's own progress does.
    package static func progress(_ line: String, isLast: Bool) {
        write(TerminalText.line(line) + (isLast ? "\n" : "\r"), to: STDERR_FILENO)
    }

    /// The lines of a text of ours, each made safe; its tabs stay.
    private static func safe(lines text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { TerminalText.line($0) }
                .joined(separator: "\t")
        }
        return lines.joined(separator: "\n") + (text.hasSuffix("\n") ? "" : "\n")
    }

    /// Writes all of a text, if there is anybody to read it.
    private static func write(_ text: String, to descriptor: CInt) {
        // A closed pipe ends the output, not the command.
        try? SystemCall.write(descriptor, Array(text.utf8))
    }
}

extension Terminal {
    /// The longest line of another program that is waited for.
    private static let relayLimit = 16 << 10

    /// Runs something whose standard error is a pipe, and passes on what comes through it, line by line.
    ///
    /// - Parameter body: takes the end to write to, and closes it.
    static func relaying<Result>(_ body: (_ writeEnd: CInt) async throws -> Result) async throws -> Result {
        let (readEnd, writeEnd) = try SystemCall.pipe()
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        do {
            try DedicatedThread.start {
                relay(readEnd)
                continuation.finish()
            }
        } catch {
            close(readEnd)
            close(writeEnd)
            throw error
        }
        let result = try await body(writeEnd)
        for await _ in stream {}
        return result
    }

    /// Passes on what another program says until it has ended.
    private static func relay(_ descriptor: CInt) {
        defer { close(descriptor) }
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 || count < 0 && errno == EINTR else { break }
            for byte in buffer[..<max(0, count)] {
                // A carriage return alone is how git writes a line of progress over the one before.
                let isEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                if !isEnd { line.append(byte) }
                guard isEnd || line.count >= relayLimit else { continue }
                let text = TerminalText.line(String(decoding: line, as: UTF8.self))
                write(text + (byte == UInt8(ascii: "\r") ? "\r" : "\n"), to: STDERR_FILENO)
                line = []
            }
        }
        if !line.isEmpty { error(String(decoding: line, as: UTF8.self)) }
    }
}
