internal import ModmetaFormats
internal import ModmetaGit

/// Whether git-lfs is told to start the agent, as `modmeta install` writes it.
struct AgentLinesCheck: HealthCheck {
    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        for (key, value) in Install.agentLines {
            let present = patient.settings[key]
            if present == nil {
                found.append(
                    .problem("agent", "\(key) is not set, so git-lfs does not start modmeta", remedy: "modmeta install")
                )
            } else if let present, present != value, !Self.isHarmless(key, present) {
                found.append(
                    .problem("agent", "\(key) is \(present) and not \(value)", remedy: "modmeta install"))
            }
        }
        if found.isEmpty { found.append(.healthy("agent", "git-lfs starts modmeta for modmeta:: URLs")) }
        if patient.settings["lfs.concurrenttransfers"].flatMap({ Int($0) }) == 1 {
            found.append(
                .note(
                    "concurrency", "lfs.concurrenttransfers is 1, so objects are sent one after another",
                    remedy: "git config --global --unset lfs.concurrenttransfers"))
        }
        if let agent = patient.settings["lfs.standalonetransferagent"], agent != "modmeta" {
            found.append(
                .note(
                    "agent",
                    "lfs.standalonetransferagent is \(agent), which git-lfs uses for all other remotes"))
        }
        return found
    }

    /// Whether another value than ours does the same.
    private static func isHarmless(_ key: String, _ value: String) -> Bool {
        // The full path of the program, or one of git's words for true.
        key.hasSuffix(".path") ? value.hasSuffix("/modmeta") : ["true", "yes", "on", "1"].contains(value.lowercased())
    }
}
