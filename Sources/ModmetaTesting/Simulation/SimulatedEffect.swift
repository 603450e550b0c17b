/// A call to the store or to its refs; anything may happen between two of them.
enum SimulatedEffect: String, CaseIterable, Sendable {
    case size, sizes, read, readRange, put, swapFormat, replace, list, delete, readRefs, moveRef
}
