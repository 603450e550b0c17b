internal import Glibc
internal import ModmetaGit

/// Where a meter's line is drawn.
protocol MeterScreen: Sendable {
    /// Whether anybody can see lines that are drawn over and over.
    var isTerminal: Bool { get }
    /// How many columns a line may have without being broken; nil if it must not be drawn now.
    var width: Int? { get }

    /// Writes a line in place of the one before.
    func redraw(_ line: String)
    /// Takes the line away.
    func clear()
    /// Writes a line that stays.
    func keep(_ line: String)
}

/// Standard error, where it is a terminal.
struct StandardErrorScreen: MeterScreen {
    private static let usualWidth = 80

    var isTerminal: Bool {
        isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    var width: Int? {
        // Once it is in the background, the terminal belongs to another program.
        let foreground = tcgetpgrp(STDERR_FILENO)
        guard foreground < 0 || foreground == getpgrp() else { return nil }
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
        // In the last column some terminals begin the next line.
        return (isKnown ? Int(size.ws_col) : Self.usualWidth) - 1
    }

    func redraw(_ line: String) { Terminal.redraw(line) }
    func clear() { Terminal.clear() }
    func keep(_ line: String) { Terminal.error(line) }
}
