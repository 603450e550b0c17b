internal import Glibc
internal import ModmetaSystem

/// A moment since this machine was started, which all its processes read off the same clock.
struct Freshness: Comparable, Sendable {
    /// Which run of the machine it belongs to.
    let boot: String
    /// Hundredths of a second since its start.
    let ticks: Int

    /// This moment.
    static func now() -> Freshness {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Freshness(boot: ProcessStatus.boot, ticks: time.tv_sec * 100 + time.tv_nsec / 10_000_000)
    }

    /// When the process that started this one was started: what happened since then, it may rely on.
    ///
    /// All agents of one git-lfs have this moment in common.
    static func startOfParent() -> Freshness {
        guard let status = ProcessStatus(of: Int(getppid())) else { return now() }
        return Freshness(boot: ProcessStatus.boot, ticks: status.start * 100 / max(1, sysconf(CInt(_SC_CLK_TCK))))
    }

    /// Reads what `text` wrote; nil for anything else.
    init?(parsing text: some StringProtocol) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let ticks = Int(words[1]) else { return nil }
        self.init(boot: String(words[0]), ticks: ticks)
    }

    private init(boot: String, ticks: Int) {
        self.boot = boot
        self.ticks = ticks
    }

    /// The moment as two words.
    var text: String { "\(boot) \(ticks)\n" }

    /// Whether the left moment came first; a moment of another run of the machine came before any of this one.
    static func < (left: Freshness, right: Freshness) -> Bool {
        left.boot == right.boot ? left.ticks < right.ticks : true
    }
}
