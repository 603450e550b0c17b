/// The precautions that a test omits, to prove that the simulator detects their absence.
///
/// Only a build with the package trait `FaultInjection` can omit any: in every other build `contains` is always false,
/// so no change of memory can skip a check.
package struct Omissions<Precaution: Hashable & Sendable>: Sendable {
    #if FaultInjection
        /// Whether this build can omit precautions.
        package static var arePossible: Bool { true }
        private let omitted: Set<Precaution>

        /// Omits precautions.
        package init(_ omitted: Set<Precaution> = []) { self.omitted = omitted }

        /// Whether a precaution is omitted.
        package func contains(_ precaution: Precaution) -> Bool { omitted.contains(precaution) }
    #else
        /// Whether this build can omit precautions.
        package static var arePossible: Bool { false }

        /// Ignores its argument: this build omits nothing.
        package init(_ omitted: Set<Precaution> = []) {}

        /// Returns false.
        package func contains(_ precaution: Precaution) -> Bool { false }
    #endif
}
