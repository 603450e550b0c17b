/// Receives how many bytes are done, and of how many; one call at a time, in order.
public typealias PatchProgress = @Sendable (_ done: UInt64, _ total: UInt64) -> Void
