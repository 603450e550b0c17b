internal import ModmetaFormats

/// What a person says about a snapshot, and what the commands found out, to make its document of.
public struct SnapshotRequest: Sendable {
    /// The snapshot's name.
    public var name: String
    /// The time in UTC, as RFC 3339 has it.
    public var created: String
    /// The checkpoint's files and directories, relative to the top of the repository.
    public var paths: [String]
    /// The configuration files: how they are called in the snapshot, and where they are.
    public var configs: [(name: String, path: String)] = []
    /// The data files: how they are called in the snapshot, and where they are.
    public var datasets: [(name: String, path: String)] = []
    /// Hashes of data that is not here.
    public var datasetHashes: [String] = []
    /// The GPUs.
    public var gpus: [String] = []
    /// Variables of the environment that matter.
    public var variables: [(name: String, value: String)] = []
    /// The subject field.
    public var domain: String?
    /// The person's own version.
    public var version: String?
    /// Numbers by name.
    public var metrics: [(name: String, value: Double)] = []
    /// The name of the snapshot this one was trained from.
    public var parent: String?
    /// A sentence for people.
    public var message: String?
    /// The commit of the code that made it, and whether it was changed since.
    public var code: DocumentValue = .null
    /// What `.modmeta/config.yaml` says.
    public var project = ProjectConfig()

    /// Creates a request.
    public init(name: String, created: String, paths: [String]) {
        (self.name, self.created, self.paths) = (name, created, paths)
    }

    /// Reads and hashes everything and makes the document.
    ///
    /// - Throws: `SnapshotError`; with `secret` where something to be kept looks like a secret.
    public func document(of checkpoint: Checkpoint) async throws -> (document: SnapshotDocument, content: ContentDigest)
    {
        let capture = try TrainingCapture(of: checkpoint.files)
        var config = DocumentValue.object([])
        for file in configs {
            config[file.name] = try DocumentValue(reading: CheckpointFile.bytes(of: file.path), path: file.path)
        }
        var sources = capture.sources
        let base = project.baseModel ?? capture.baseModel
        if project.baseModel != nil { sources["base_model"] = .string(ProjectConfig.path) }
        let variables = DocumentValue.object(variables.map { .init($0.name, .string($0.value)) })
        let environment: DocumentValue = [
            "os": .string(HostCapture.operatingSystem), "architecture": .string(HostCapture.architecture),
            "gpus": .array(gpus.map { .string($0) }), "variables": variables,
        ]
        // Before hours may go into hashing.
        var context: DocumentValue = [
            "project": text(project.project), "base_model": base, "config": config, "data": .null,
            "environment": environment, "version": text(version), "domain": text(domain),
        ]
        let details: [DocumentValue.Member] = [
            .init("method", capture.method), .init("training", capture.training), .init("model", capture.model),
            .init("metrics", metrics.isEmpty ? .null : .object(metrics.map { .init($0.name, .number($0.value)) })),
            .init("code", code), .init("parent", text(parent)), .init("message", text(message)),
            .init("sources", sources),
        ]
        try SecretScan.check(context, "the snapshot's context")
        try SecretScan.check(.object(details), "the snapshot")
        context["data"] = try await data()
        let content = try await ContentDigest(of: checkpoint.files)
        let document = SnapshotDocument(
            name: name, created: created, paths: paths, content: content, context: context, details: details)
        return (document, content)
    }

    private func text(_ text: String?) -> DocumentValue { text.map { .string($0) } ?? .null }

    private func data() async throws -> DocumentValue {
        var entries = datasetHashes.map { DocumentValue.object([.init("sha256", .string($0))]) }
        for file in datasets {
            let opened = try CheckpointFile(path: file.path)
            let digest = try opened.digest(0..<opened.stamp.size)
            entries.append([
                "path": .string(file.name), "sha256": .string(digest.hex), "bytes": .integer(Int64(opened.stamp.size)),
            ])
        }
        return .array(entries)
    }
}
