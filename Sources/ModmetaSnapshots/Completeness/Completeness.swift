/// Whether a checkpoint has everything needed to resume training; see docs/guides/snapshots.md, "Is it complete?".
public struct Completeness: Hashable, Sendable {
    /// Something that training needs, and whether it exists.
    public struct Part: Hashable, Sendable {
        /// The name: `model`, `optimizer`, `scheduler`, `random states`, `trainer state`.
        public var name: String
        /// A file that contains it, or nil if there is none.
        public var found: String?
        /// What is missing, each item phrased to follow "no"; empty if nothing is.
        public var missing: [String]
    }

    /// The tool that wrote the checkpoint.
    public let format: CheckpointFormat
    /// The number of processes that wrote it, according to the file names.
    public let processCount: Int
    /// The parts.
    public let parts: [Part]
    /// Weight files that are named like the shards of an index but are not in it, one sentence each.
    public let unlisted: [String]

    /// What is missing, each item phrased to follow "no".
    public var missing: [String] { parts.flatMap(\.missing) }
    /// Whether nothing is missing.
    public var isComplete: Bool { missing.isEmpty }

    /// Inspects the files of a checkpoint; reads only small ones, and counts unreadable ones as missing.
    public init(of files: [ContentFile]) {
        var survey = CheckpointSurvey(files)
        survey.inspect()
        (format, processCount, parts) = (survey.format, survey.processCount, survey.parts)
        unlisted = survey.unlisted
    }

    /// One sentence for display.
    public var summary: String {
        let origin = "\(format.rawValue)\(processCount > 1 ? ", \(processCount) processes" : "")"
        return isComplete
            ? "complete enough to resume training (\(origin))"
            : "not complete enough to resume training (\(origin)): no \(missing.joined(separator: "; no "))"
    }
}
