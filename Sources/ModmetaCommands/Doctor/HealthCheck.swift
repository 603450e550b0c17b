/// One thing that may be wrong with a machine's or a repository's set-up.
protocol HealthCheck: Sendable {
    /// Looks, changing nothing.
    ///
    /// - Throws: only what no diagnosis can be made of; it is then shown as a problem.
    func examine(_ patient: Patient) async throws -> [Diagnosis]
}

extension Patient {
    /// Runs all checks that apply, in order.
    func examine(with checks: [any HealthCheck] = Patient.checks) async -> [Diagnosis] {
        var diagnoses: [Diagnosis] = []
        for check in checks {
            do {
                diagnoses += try await check.examine(self)
            } catch {
                diagnoses.append(.problem("\(type(of: check))", "\(error)", remedy: nil))
            }
        }
        return diagnoses
    }

    /// All checks: of the machine, of the repository, of its stores.
    static let checks: [any HealthCheck] = [
        ProgramCheck(), AgentLinesCheck(), FilterLinesCheck(), HookCheck(), EndpointCheck(), StoreCheck(),
        StoreDirectoryCheck(), RoomCheck(), LeftoverCheck(),
    ]
}
