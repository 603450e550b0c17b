internal import ModmetaStore
internal import Synchronization

/// How far a long piece of work has come; a `MeterPainter` shows it.
///
/// Whoever works only says what is done, from any task and as often as it likes.
final class Meter: Sendable {
    /// What is counted.
    enum Unit: Sendable {
        case bytes
        case objects
    }

    /// How many of how many.
    struct Share: Hashable, Sendable {
        var done = 0
        var total = 0
    }

    /// What was said last.
    struct Reading: Hashable, Sendable {
        /// What was done to what is counted: "copied".
        var title: String
        var unit = Unit.bytes
        var done: UInt64 = 0
        /// 0 as long as it is not known.
        var total: UInt64 = 0
        /// The objects that the bytes are of.
        var objects: Share?
    }

    private let current: Mutex<Reading>

    init(_ title: String) { current = Mutex(Reading(title: title)) }

    var reading: Reading { current.withLock { $0 } }

    /// Says how many bytes are done.
    func reached(_ done: UInt64, of total: UInt64) {
        current.withLock { ($0.done, $0.total) = (done, total) }
    }

    /// Says how many bytes are done in one of several parts of the work.
    func reached(_ title: String, _ done: UInt64, of total: UInt64) {
        current.withLock { $0 = Reading(title: title, done: done, total: total) }
    }

    /// Says how many objects are done, and what was done to them.
    func reached(_ title: String, objects done: Int, of total: Int) {
        let reading = Reading(title: title, unit: .objects, done: UInt64(done), total: UInt64(total))
        current.withLock { $0 = reading }
    }

    /// Says how far a collection has come.
    func reached(_ progress: CollectionProgress) {
        switch progress {
        case .surveyed(let done, let total): reached("looked at", objects: done, of: total)
        case .deleted(let done, let total): reached("deleted", objects: done, of: total)
        }
    }

    /// Says how far work on the objects of a store has come.
    func reached(_ progress: StoreProgress) {
        current.withLock {
            ($0.done, $0.total) = (progress.bytesDone, progress.bytesTotal)
            $0.objects = Share(done: progress.objectsDone, total: progress.objectsTotal)
        }
    }
}
