internal import Glibc

/// Where a command's words go: results to standard output, everything else to standard error.
enum Terminal {
    /// Writes a line of the result.
    static func print(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// Writes a line about what went wrong or what is going on.
    static func error(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Writes all of a text, if there is anybody to read it.
    static func write(_ text: String, to descriptor: CInt) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                // A closed pipe ends the output, not the command.
                guard count > 0 || errno == EINTR else { return }
                written += max(0, count)
            }
        }
    }
}

/// A size as people read it: three significant digits and a decimal unit.
func formatted(bytes: UInt64) -> String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    while value >= 999.5, unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    let scale = value < 9.995 ? 100.0 : value < 99.95 ? 10.0 : 1.0
    let rounded = (value * scale).rounded() / scale
    let text = rounded == rounded.rounded() && scale == 1 ? "\(Int(rounded))" : "\(rounded)"
    return "\(text) \(units[unit])"
}
