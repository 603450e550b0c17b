internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// The file in which the agents of a repository keep what they measured of a line.
///
/// It is advice: where it cannot be read or written, each measures for itself that nothing is known.
struct LineRecord: Sendable {
    let path: String

    private static let version = "modmeta line 1"
    private static let lengthLimit = 1024

    /// What is known.
    func read() -> LineState {
        let descriptor = RegularFile.open(path, O_RDONLY | O_NOFOLLOW)
        guard descriptor >= 0 else { return LineState() }
        defer { close(descriptor) }
        return Self.state(in: descriptor)
    }

    /// Adds a transfer that ended now.
    func note(_ transfer: LineState.Transfer, at now: Duration) {
        let descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { closeLocked(descriptor) }
        guard LockAttempt.waiting(descriptor, LOCK_EX) == .locked else { return }
        var state = Self.state(in: descriptor)
        state.note(transfer, at: now)
        // Padded to one length, so that a reader without the lock never sees the rest of a longer one.
        var text = Self.text(of: state)
        text += String(repeating: " ", count: max(0, 255 - text.utf8.count)) + "\n"
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    private static func state(in descriptor: CInt) -> LineState {
        var bytes = [UInt8](repeating: 0, count: lengthLimit)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return LineState() }
        return state(of: String(decoding: bytes[..<count], as: UTF8.self)) ?? LineState()
    }

    /// The line that stands for a state; times in milliseconds.
    static func text(of state: LineState) -> String {
        let numbers: [Int] = [
            state.width, Int(clamping: state.rate), state.isSlow ? 1 : 0, state.begin.wholeMilliseconds,
            state.latest.wholeMilliseconds, state.bytes, state.count, state.waits, state.total.wholeMilliseconds,
            state.narrower, Int(clamping: state.narrowerRate), state.roundsToRest,
        ]
        return "\(version): " + numbers.map(String.init).joined(separator: " ")
    }

    /// The state that a line stands for, or nil if it is none of ours.
    static func state(of text: String) -> LineState? {
        let parts = text.split(separator: ": ", maxSplits: 1)
        let numbers = (parts.last ?? "").split { $0.isWhitespace }.compactMap { Int($0) }
        let widths = LineState.narrowest...TransferWindow.placeLimit
        // A round is far shorter than this many milliseconds, bytes or transfers.
        guard parts.first.map(String.init) == version, numbers.count == 12,
            numbers.allSatisfy({ (0...1 << 50).contains($0) }), widths.contains(numbers[0]),
            numbers[9] == 0 || widths.contains(numbers[9])
        else { return nil }
        var state = LineState()
        (state.width, state.rate, state.isSlow) = (numbers[0], Double(numbers[1]), numbers[2] != 0)
        (state.begin, state.latest) = (.milliseconds(numbers[3]), .milliseconds(numbers[4]))
        (state.bytes, state.count, state.waits) = (numbers[5], numbers[6], numbers[7])
        state.total = .milliseconds(numbers[8])
        (state.narrower, state.narrowerRate, state.roundsToRest) = (numbers[9], Double(numbers[10]), numbers[11])
        return state
    }
}

extension Int {
    /// The whole part of a number, or the nearest there is.
    fileprivate init(clamping number: Double) {
        self = number.isNaN ? 0 : Int(Swift.max(-1e15, Swift.min(1e15, number)))
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int { Int(clamping: self / .milliseconds(1)) }
}
