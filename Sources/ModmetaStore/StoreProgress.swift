internal import Synchronization

/// How far work on the objects of a store has come.
public struct StoreProgress: Hashable, Sendable {
    /// How many of the objects, manifests and sketches that need work were dealt with.
    public var objectsDone = 0
    /// How many need work, as far as is known.
    public var objectsTotal = 0
    /// Their bytes that were dealt with; of an object on its way those that were read.
    public var bytesDone: UInt64 = 0
    /// The bytes of all that need work.
    public var bytesTotal: UInt64 = 0

    /// Creates the progress of work that has not begun.
    public init() {}
}

/// The progress of several tasks together, told to a closure as it changes.
final class SharedProgress: Sendable {
    private let progress: Mutex<StoreProgress>
    private let report: @Sendable (StoreProgress) -> Void

    /// Begins work on some objects.
    init(_ objects: [ListedObject], report: @escaping @Sendable (StoreProgress) -> Void) {
        var start = StoreProgress()
        start.objectsTotal = objects.count
        start.bytesTotal = objects.totalSize
        progress = Mutex(start)
        self.report = report
        report(start)
    }

    /// Notes objects that need no work.
    func found(_ objects: [ListedObject]) {
        let bytes = objects.totalSize
        update {
            $0.objectsTotal -= objects.count
            $0.bytesTotal -= min(bytes, $0.bytesTotal)
        }
    }

    /// Notes that bytes of an object were read.
    func read(_ count: UInt64) { update { $0.bytesDone = $0.bytesDone.addingSaturated(count) } }

    /// Notes that an object is done, of which so many bytes were noted before.
    func finished(_ object: ListedObject, noted: UInt64 = 0) {
        update {
            $0.objectsDone += 1
            $0.bytesDone = $0.bytesDone.addingSaturated(object.size - min(noted, object.size))
        }
    }

    private func update(_ change: (inout StoreProgress) -> Void) {
        // In order, so that the last that is told is the last that happened.
        progress.withLock {
            change(&$0)
            report($0)
        }
    }
}
