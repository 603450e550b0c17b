/// An invariant that was broken in a simulation.
public struct SimulationViolation: Error, Sendable {
    /// The invariants.
    public enum Invariant: String, Sendable {
        /// A reader got bytes that are not the object's.
        case rightBytes
        /// A manifest exists only if everything it names does.
        case wholeOrNone
        /// What was acknowledged stays in the store.
        case nothingAcknowledgedIsLost
        /// A ref leads to objects that can be rebuilt.
        case refsLeadToObjects
        /// A valid object never changes.
        case objectsNeverChange
        /// A collection deletes only what it has claimed from a list that is old enough.
        case deletesOnlyCondemned
        /// A copy is complete, or it fails.
        case copiesAreWhole
        /// Nothing valid is reported as damaged or missing.
        case noFalseAlarm
        /// Retries end, and a repeated command succeeds once no more faults occur.
        case retryEnds
        /// Every wait ends.
        case nothingHangs
        /// Each simulation stores a chain of deltas and meets faults.
        case simulationIsComplete
    }

    /// The broken invariant.
    public var invariant: Invariant
    /// What happened.
    public var message: String
    /// The number of effects before the violation.
    public var step: Int
}
