internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaStore

/// `modmeta fetch`: a snapshot's files, or some of its tensors, out of a store.
struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch a snapshot, or some of its tensors, into a directory.",
        discussion: """
            In a clone, from its remote; anywhere, from the URL of a store. What was written is read again and compared \
            with the snapshot's ID. With --tensors only the chunks that hold them are read, and one safetensors file with \
            just those tensors is written; an ID cannot prove a part, so they are compared with the hashes of the chunks \
            that the store's manifest lists. Given again after an interruption, it goes on where it was. No file that is \
            there is overwritten.
            """)

    @Argument(help: "The snapshot: a name, a tag, or a unique beginning of one of its hashes.")
    var snapshot: String

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa; not needed in a clone.")
    var store: String?

    @Option(name: .customLong("store"), help: "The store, as well.")
    var storeOption: String?

    @Option(help: "The remote of the clone to fetch from.")
    var remote = "origin"

    @Option(help: "The directory to write to; made where it is missing.")
    var to: String

    @Option(
        parsing: .upToNextOption, help: "Only tensors whose names match one of these patterns, as 'model.layers.0.*'.")
    var tensors: [String] = []

    @Flag(help: "Only say what would be fetched.")
    var dryRun = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let source =
                if let url = store ?? storeOption { try await FetchSource(url: url) { $0.show() } } else {
                    try await FetchSource(remote: remote, of: .here())
                }
            let document = try await source.repository.find(snapshot)
            let plan = try await FetchPlan(of: document, from: source, tensors: tensors)
            if !dryRun { try await fetch(plan, from: source) }
            try report(plan)
        }
    }

    private func fetch(_ plan: FetchPlan, from source: FetchSource) async throws {
        let fetch = try SnapshotFetch(plan, from: source, into: to)
        try await Meter.run("fetched", counting: source.traffic, concludes: true) { meter in
            try await fetch.transfer { meter.reached($0, of: $1) }
        }
        try await Meter.run("hashed") { meter in try await fetch.prove { meter.reached($0, of: $1) } }
        fetch.finish()
    }

    private func report(_ plan: FetchPlan) throws {
        let document = plan.document
        if json {
            var value: DocumentValue = [
                "snapshot": .string(document.name), "id": .string(document.id.description), "to": .string(to),
                "dry_run": .bool(dryRun), "proof": proof.map { .string($0.rawValue) } ?? .null,
                "files": .array(
                    plan.files.map { ["path": .string($0.name), "bytes": .integer(Int64(clamping: $0.size))] }),
            ]
            if let count = plan.tensorCount { value["tensors"] = .integer(Int64(count)) }
            if let bytes = plan.chunkBytes { value["chunk_bytes"] = .integer(Int64(clamping: bytes)) }
            return try JSONOutput.print(value)
        }
        let bytes = formatted(bytes: plan.files.reduce(0) { $0.addingSaturated($1.size) })
        let what =
            if let count = plan.tensorCount, let chunkBytes = plan.chunkBytes {
                "\(count) tensors, \(bytes), from chunks of \(formatted(bytes: chunkBytes))"
            } else { "\(plan.files.count) files, \(bytes)" }
        let proven = proof.map { " | \($0.text)" } ?? ""
        Terminal.print("\(document.name) | \(document.id) | \(what) | \(to)\(proven)")
    }

    /// What is known of the bytes that were written; nil if none were.
    private var proof: Proof? { dryRun ? nil : tensors.isEmpty ? .content : .chunks }
}

/// What bytes that were fetched are compared with.
private enum Proof: String {
    /// The content hash of the snapshot's ID.
    case content
    /// The hashes of chunks in the store's manifests: an ID is one hash of all files, and cannot prove a part.
    case chunks

    /// The kind for people.
    var text: String {
        switch self {
        case .content: "proved by the ID"
        case .chunks: "proved by the chunks' hashes"
        }
    }
}
