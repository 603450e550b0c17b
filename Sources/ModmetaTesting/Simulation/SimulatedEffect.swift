/// A call to the store or to its refs: between any two of them something may happen.
enum SimulatedEffect: String, CaseIterable, Sendable {
    case size, sizes, read, readRange, put, swapFormat, replace, list, delete, readRefs, moveRef
}
