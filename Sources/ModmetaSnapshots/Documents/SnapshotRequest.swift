internal import ModmetaFormats

/// What a user and the commands specify for a snapshot, from which its document is made.
public struct SnapshotRequest: Sendable {
    /// The snapshot's name.
    public var name: String
    /// The time in UTC, in the format of RFC 3339.
    public var created: String
    /// The checkpoint's files and directories, relative to the top of the repository.
    public var paths: [String]
    /// The configuration files: their names in the snapshot, and their paths.
    public var configs: [(name: String, path: String)] = []
    /// The data files: their names in the snapshot, and their paths.
    public var datasets: [(name: String, path: String)] = []
    /// Hashes of data that is not on this machine.
    public var datasetHashes: [String] = []
    /// The GPUs.
    public var gpus: [String] = []
    /// The environment variables to record.
    public var variables: [(name: String, value: String)] = []
    /// The subject field.
    public var domain: String?
    /// The user's own version.
    public var version: String?
    /// The metrics.
    public var metrics: [(name: String, value: Double)] = []
    /// The name of the snapshot this one was trained from.
    public var parent: String?
    /// A message for readers.
    public var message: String?
    /// The commit of the training code, and whether it was modified.
    public var code: DocumentValue = .null
    /// The path of the base model given by the user; nil to search for the model an adapter names.
    public var base: String?
    /// Whether to skip damaged files of the trainer with a note.
    public var toleratesDamage = false
    /// Returns the value of an environment variable; nil by default, so that nothing of this machine is recorded.
    public var variable: @Sendable (String) -> String? = { _ in nil }
    /// The cache of digests of unchanged files.
    public var cache: DigestCache?
    /// The contents of `.modmeta/config.yaml`.
    public var project = ProjectConfig()

    /// Creates a request.
    public init(name: String, created: String, paths: [String]) {
        (self.name, self.created, self.paths) = (name, created, paths)
    }

    /// Reads and hashes everything and creates the document.
    ///
    /// - Parameter progress: receives the bytes hashed so far and in total: all data, the base model and the
    ///   checkpoint.
    /// - Throws: `SnapshotError`; with `secret` if something to be recorded looks like a secret.
    public func document(
        of checkpoint: Checkpoint, progress: @escaping HashingProgress = { _, _ in }
    ) async throws -> (document: SnapshotDocument, content: ContentDigest, records: [DatasetManifest]) {
        let capture = try TrainingCapture(of: checkpoint.files, toleratesDamage: toleratesDamage)
        var config = DocumentValue.object([])
        for file in configs {
            config[file.name] = try DocumentValue(reading: CheckpointFile.bytes(of: file.path), path: file.path)
        }
        var sources = capture.sources
        let base = project.baseModel ?? capture.baseModel
        if project.baseModel != nil { sources["base_model"] = .string(ProjectConfig.path) }
        let variables = DocumentValue.object(variables.map { .init($0.name, .string($0.value)) })
        var environment: DocumentValue = [
            "os": .string(HostCapture.operatingSystem), "architecture": .string(HostCapture.architecture),
            "gpus": .array(gpus.map { .string($0) }), "variables": variables,
        ]
        let packages = PackageCapture(variable: variable)
        if let python = packages.python { environment["python"] = .string(python) }
        if !packages.versions.isEmpty {
            environment["packages"] = .object(packages.versions.map { .init($0.name, .string($0.version)) })
            sources["environment"] = packages.environment.map { .string($0) }
        }
        // Check before spending hours on hashing.
        var context: DocumentValue = [
            "project": text(project.project), "base_model": base, "config": config, "data": .null,
            "environment": environment, "version": text(version), "domain": text(domain),
        ]
        var details: [DocumentValue.Member] = [
            .init("method", capture.method), .init("training", capture.training), .init("model", capture.model),
            .init("metrics", metrics.isEmpty ? .null : .object(metrics.map { .init($0.name, .real($0.value)) })),
            .init("code", code), .init("parent", text(parent)), .init("message", text(message)),
            .init("seeds", try seeds(config)), .init("sources", sources),
        ]
        try SecretScan.check(context, "the snapshot's context")
        try SecretScan.check(.object(details), "the snapshot")
        let names = [name] + paths + datasets.map(\.name) + datasetHashes
        try SecretScan.check(.array(names.map { .string($0) }), "the names and hashes of the snapshot's files")
        var baseFiles = try basePlan(
            of: base, isAdapter: capture.method != .null,
            key: project.baseModel == nil
                ? "base_model_name_or_path of adapter_config.json"
                : "base_model of \(ProjectConfig.path)")
        let plan = try ContentPlan(checkpoint.files, cache: cache)
        let count = HashedBytes(
            of: datasets.reduce(0) { $0 + DatasetReader.byteCount(ofDataAt: $1.path) }
                + (baseFiles.plan?.pieceBytes ?? 0)
                + plan.pieceBytes, progress)
        let (data, records) = try await data(counting: count)
        context["data"] = data
        details.append(.init("base", try await baseDetail(&baseFiles, counting: count)))
        var content = try await ContentDigest(plan, cache: cache, counting: count)
        content.notes = capture.notes + baseFiles.notes + content.notes
        if let note = otherBase(than: base, named: capture.baseModel) { content.notes.append(note) }
        let document = SnapshotDocument(
            name: name, created: created, paths: paths, content: content, context: context, details: details)
        return (document, content, records)
    }

    /// A note for the user if the adapter's files name another base model than the project's.
    private func otherBase(than base: DocumentValue, named other: DocumentValue) -> String? {
        // A path is the model's location on the training machine, which does not identify it.
        guard let id = base["id"]?.text, let other = other["id"]?.text, id != other,
            !other.hasPrefix("/"), !other.hasPrefix(".")
        else { return nil }
        return
            "adapter_config.json names the base model \(other), "
            + "but \(ProjectConfig.path) names \(id), which takes precedence"
    }

    private func text(_ text: String?) -> DocumentValue { text.map { .string($0) } ?? .null }

    /// The seeds in the configuration files, by canonical name.
    private func seeds(_ config: DocumentValue) throws(SnapshotError) -> DocumentValue {
        guard !configs.isEmpty else { return .null }
        let schema = try HyperparameterSchema.builtIn()
        var seeds = DocumentValue.object([])
        for file in configs {
            let settings = schema.settings(of: config[file.name] ?? .null)
            for name in ["seed", "data_seed"] {
                if let value = settings[name], value.double != nil { seeds[name] = value }
            }
        }
        return seeds == .object([]) ? .null : seeds
    }

    /// What must be hashed of a base model's own files, if they are on this machine.
    private struct BasePlan {
        var plan: ContentPlan?
        var revision: String?
        /// What names the model; nil if the person who takes the snapshot does.
        var key: String?
        var notes: [String] = []

        /// Leaves the files out, for a reason.
        mutating func drop(_ key: String, _ reason: String) {
            plan = nil
            notes.append("\(key): \(reason), so the base model's weights are not recorded; name them with --base")
        }
    }

    /// Only where a person says it lies may a base model fail the snapshot: other files name it as they like.
    private func basePlan(of base: DocumentValue, isAdapter: Bool, key: String) throws -> BasePlan {
        if let path = self.base {
            return BasePlan(plan: try ContentPlan(Checkpoint(paths: [path]).files, cache: cache))
        }
        var result = BasePlan(key: key)
        guard isAdapter, let id = base["id"]?.text,
            let place = BaseModelLocation(finding: id, revision: base["revision"]?.text, variable: variable)
        else { return result }
        result.revision = place.revision
        do {
            if place.isInHub {
                result.plan = try ContentPlan(Checkpoint(paths: [place.path]).files, cache: cache)
            } else {
                result.plan = try BaseModelFiles.plan(of: place.path, cache: cache)
                if result.plan == nil {
                    result.drop(key, "\(place.path) is not a directory with config.json and weights at its top")
                }
            }
        } catch let error as CancellationError { throw error } catch { result.drop(key, "\(error)") }
        return result
    }

    /// What is known of the base model's own files.
    private func baseDetail(_ base: inout BasePlan, counting count: HashedBytes) async throws -> DocumentValue {
        guard let plan = base.plan else { return .null }
        var detail = DocumentValue.object([])
        detail["revision"] = base.revision.map { .string($0) }
        do {
            let content = try await ContentDigest(plan, cache: cache, counting: count)
            detail["content"] = .string((content.weights ?? content.content).hex)
            detail["tensors"] = .integer(Int64(content.tensorCount))
        } catch {
            guard let key = base.key, !(error is CancellationError) else { throw error }
            base.drop(key, "\(error)")
            return .null
        }
        return detail
    }

    private func data(counting count: HashedBytes) async throws -> (DocumentValue, [DatasetManifest]) {
        var entries = datasetHashes.map { DocumentValue.object([.init("sha256", .string($0))]) }
        var records: [DatasetManifest] = []
        for file in datasets {
            let manifest = try await DatasetReader.manifest(ofDataAt: file.path, counting: count)
            entries.append([
                "path": .string(file.name), "sha256": .string(manifest.digest.hex),
                "bytes": .integer(Int64(clamping: manifest.byteCount)),
            ])
            records.append(manifest)
        }
        return (.array(entries), records)
    }
}
