/// Whether a checkpoint has all that training needs to go on from it: docs/guides/snapshots.md, "Is it complete?".
public struct Completeness: Hashable, Sendable {
    /// Something that training needs, and what is there of it.
    public struct Part: Hashable, Sendable {
        /// What it is: `model`, `optimizer`, `scheduler`, `random states`, `trainer state`.
        public var name: String
        /// A file that has it, for example; nil where there is none.
        public var found: String?
        /// What is missing of it, each to be read after "no"; empty if nothing is.
        public var missing: [String]
    }

    /// Which tool wrote it.
    public let format: CheckpointFormat
    /// How many processes wrote it, as far as the names tell.
    public let processCount: Int
    /// The parts.
    public let parts: [Part]
    /// Weight files that an index does not list though they are called like its shards, one sentence each.
    public let unlisted: [String]

    /// What is missing, each to be read after "no".
    public var missing: [String] { parts.flatMap(\.missing) }
    /// Whether nothing is missing.
    public var isComplete: Bool { missing.isEmpty }

    /// Looks at the files of a checkpoint; only small ones are read, and what cannot be read is missing.
    public init(of files: [ContentFile]) {
        var survey = CheckpointSurvey(files)
        survey.look()
        (format, processCount, parts) = (survey.format, survey.processCount, survey.parts)
        unlisted = survey.unlisted
    }

    /// One sentence for people.
    public var summary: String {
        let who = "\(format.rawValue)\(processCount > 1 ? ", \(processCount) processes" : "")"
        return isComplete
            ? "complete enough to resume training (\(who))"
            : "not complete enough to resume training (\(who)): no \(missing.joined(separator: "; no "))"
    }
}
