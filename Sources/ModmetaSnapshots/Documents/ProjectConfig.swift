/// The settings for all snapshots of a repository, from `.modmeta/config.yaml`; see docs/formats/snapshot.md.
public struct ProjectConfig: Hashable, Sendable {
    /// The value of the key `format`.
    public static let format = "modmeta.config/1"
    /// The path of the file in a repository.
    public static let path = ".modmeta/config.yaml"

    /// The project's name.
    public var project: String?
    /// The base model of the project: an object with `id` and `revision`.
    public var baseModel: DocumentValue?

    /// Creates a configuration.
    public init(project: String? = nil, baseModel: DocumentValue? = nil) {
        self.project = project
        self.baseModel = baseModel
    }

    /// Reads the file at a path; nil if it does not exist.
    ///
    /// - Throws: `SnapshotError` with `file`, `syntax` or `document`.
    public init?(readingIfPresent path: String) throws(SnapshotError) {
        guard FileStamp(path: path) != nil else { return nil }
        let value = try YAMLReader.value(of: CheckpointFile.bytes(of: path), path)
        guard value["format"] == .string(ProjectConfig.format) else {
            throw SnapshotError(
                .document, "\(path) does not have `format: \(ProjectConfig.format)`, so it cannot be read")
        }
        project = value["project"]?.text
        baseModel = value["base_model"].flatMap { $0 == .null ? nil : $0 }
    }

    /// The file's bytes.
    public var yaml: String {
        var value: DocumentValue = ["format": .string(ProjectConfig.format)]
        if let project { value["project"] = .string(project) }
        if let baseModel { value["base_model"] = baseModel }
        return value.yaml
    }
}
