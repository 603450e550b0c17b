/// The precautions that a test leaves out, to prove that the simulator would miss them.
///
/// Only a build with the package trait `FaultInjection` can leave any out: in every other one nothing is ever contained,
/// and no memory can be changed so that a check is skipped.
package struct Omissions<Precaution: Hashable & Sendable>: Sendable {
    #if FaultInjection
        /// Whether this build can leave anything out.
        package static var arePossible: Bool { true }
        private let omitted: Set<Precaution>

        /// Leaves precautions out.
        package init(_ omitted: Set<Precaution> = []) { self.omitted = omitted }

        /// Whether a precaution is left out.
        package func contains(_ precaution: Precaution) -> Bool { omitted.contains(precaution) }
    #else
        /// Whether this build can leave anything out.
        package static var arePossible: Bool { false }

        /// Leaves nothing out, whatever is named.
        package init(_ omitted: Set<Precaution> = []) {}

        /// Nothing is left out.
        package func contains(_ precaution: Precaution) -> Bool { false }
    #endif
}
