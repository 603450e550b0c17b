/// A promise that was broken in a simulation.
public struct SimulationViolation: Error, Sendable {
    /// Which promise.
    public enum Promise: String, Sendable {
        /// A reader got bytes that are not the object's.
        case rightBytes
        /// A manifest is there, and what it names is not.
        case wholeOrNone
        /// What was acknowledged is there from then on.
        case nothingAcknowledgedIsLost
        /// A ref leads to objects that can be rebuilt.
        case refsLeadToObjects
        /// A sound object stays as it is.
        case objectsNeverChange
        /// A collection deletes what it has claimed of a list that is old enough, and nothing else.
        case deletesOnlyCondemned
        /// A copy is complete, or it failed.
        case copiesAreWhole
        /// Nobody is told that something sound is damaged or missing.
        case noFalseAlarm
        /// Retries end, and the same command given again succeeds once nothing goes wrong any more.
        case retryEnds
        /// Everything that waits goes on at some time.
        case nothingHangs
        /// The simulation does what it should: a chain of deltas in each.
        case simulationIsComplete
    }

    /// The promise.
    public var promise: Promise
    /// What happened.
    public var message: String
    /// The number of effects before it.
    public var step: Int
}
