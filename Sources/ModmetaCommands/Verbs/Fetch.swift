internal import ArgumentParser
internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaTransfer

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
            var source = try await FetchSource(url: store ?? storeOption, remote: remote)
            let document = try await source.repository.find(snapshot)
            let files = try await source.files(of: document)
            let area = dryRun ? nil : try FetchArea(directory: to, source: source.name)
            if let area { source.work(in: area) }
            let result =
                tensors.isEmpty
                ? try await wholeFiles(files, of: document, from: source, into: area)
                : try await tensorFiles(files, from: source, into: area)
            area?.remove()
            try report(document, result)
        }
    }

    /// How many files are fetched at the same time.
    private static let fileCount = 4

    /// What was written, or would be.
    private struct Result {
        var files: [(path: String, bytes: UInt64)] = []
        var tensorCount = 0
        var chunkBytes: UInt64 = 0
    }

    private func wholeFiles(
        _ files: [FetchSource.File], of document: SnapshotDocument, from source: FetchSource, into area: FetchArea?
    ) async throws -> Result {
        var result = Result()
        for file in files { result.files.append((file.name, file.size)) }
        guard let area else { return result }
        let proof = FetchProof(document: document, files: files, area: area)
        try await Meter.run("fetched", counting: source.traffic, concludes: true) { meter in
            let shares = FetchMeter(meter, sizes: files.map(\.size))
            try await withThrowingTaskGroup(of: Void.self) { group in
                var next = 0
                // Large files share the cores by themselves; of small ones several are waited for at a time.
                func begin() {
                    guard next < files.count else { return }
                    let (index, file) = (next, files[next])
                    next += 1
                    group.addTask {
                        let isNew = try await source.fetch(file, into: area) { shares.reached($0, of: index) }
                        if isNew {
                            proof.added(file.name)
                            shares.reached(file.size, of: index)
                        } else {
                            shares.found(file.size, at: index)
                        }
                    }
                }
                for _ in 0..<Fetch.fileCount { begin() }
                while try await group.next() != nil { begin() }
            }
        }
        try await Meter.run("hashed") { meter in try await proof.run { meter.reached($0, of: $1) } }
        return result
    }

    private func tensorFiles(
        _ files: [FetchSource.File], from source: FetchSource, into area: FetchArea?
    ) async throws -> Result {
        let patterns = tensors
        let selected = try await source.select(files) { name in
            patterns.contains { fnmatch($0, name, 0) == 0 }
        }
        guard !selected.isEmpty else {
            throw CommandFailure(
                kind: .input, message: "no tensor of the snapshot has a name like \(tensors.joined(separator: " or "))",
                hints: ["`modmeta inspect` lists the names of a file; only safetensors files are looked into."])
        }
        var result = Result()
        for group in selected {
            let bytes = group.selections.flatMap(\.tensors).reduce(0) { $0 + UInt64($1.range.count) }
            result.files.append((group.name, bytes))
            result.tensorCount += group.selections.reduce(0) { $0 + $1.tensors.count }
            result.chunkBytes += group.selections.reduce(0) { $0 + $1.chunkBytes }
        }
        guard let area else { return result }
        try await Meter.run("fetched", counting: source.traffic, concludes: true) { meter in
            let shares = FetchMeter(meter, sizes: result.files.map(\.bytes))
            for (index, group) in selected.enumerated() {
                try await area.place(group.name) { path in
                    try await TensorDownloader(context: source.context).download(group.selections, to: path) { bytes in
                        shares.reached(bytes, of: index)
                    }
                    return true
                }
            }
        }
        return result
    }

    private func report(_ document: SnapshotDocument, _ result: Result) throws {
        if json {
            var value: DocumentValue = [
                "snapshot": .string(document.name), "id": .string(document.id.description), "to": .string(to),
                "dry_run": .bool(dryRun), "proof": proof.map { .string($0.rawValue) } ?? .null,
                "files": .array(
                    result.files.map { ["path": .string($0.path), "bytes": .integer(Int64(clamping: $0.bytes))] }),
            ]
            if !tensors.isEmpty {
                value["tensors"] = .integer(Int64(result.tensorCount))
                value["chunk_bytes"] = .integer(Int64(clamping: result.chunkBytes))
            }
            return try JSONOutput.print(value)
        }
        let bytes = formatted(bytes: result.files.reduce(0) { $0 + $1.bytes })
        let what =
            tensors.isEmpty
            ? "\(result.files.count) files, \(bytes)"
            : "\(result.tensorCount) tensors, \(bytes), from chunks of \(formatted(bytes: result.chunkBytes))"
        let proven = proof.map { " | \($0.text)" } ?? ""
        Terminal.print("\(document.name) | \(document.id) | \(what) | \(to)\(proven)")
    }

    /// What is known of the bytes that were written; nil if none were.
    private var proof: Proof? { dryRun ? nil : tensors.isEmpty ? .content : .chunks }
}
