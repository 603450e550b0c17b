/// Receives the bytes done so far and in total; calls do not overlap and are in order.
public typealias PatchProgress = @Sendable (_ done: UInt64, _ total: UInt64) -> Void
