internal import Glibc
internal import ModmetaDelta
internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

/// Gives the raw bytes of entries: from local objects where they hold them, else from the store.
///
/// Whatever it returns was hashed against the entry's chunk id. Payloads are read from the store one after the other as
/// they are needed, or beforehand, all that an entry needs at the same time (`fetch`).
final class ChunkRebuilder: Sendable {
    let context: TransferContext
    let entries: [Manifest.Entry]
    /// The objects whose manifests the entries are of, for errors.
    private let owners: String
    /// The object on whose behalf is read, for the trace.
    let purpose: ObjectID
    /// Local copies of the manifests' own objects, and where their chunks start.
    private let copies: [(file: LocalFile, starts: [ChunkID: UInt64])]
    /// Which entries are the base of several others.
    let isUsedAgain: [Bool]
    /// Payloads of such entries, between their arrival and their use.
    let arrivals = SharedPayloads()
    private let shared = Mutex<SharedEntries>(SharedEntries())
    /// How many payloads each entry takes if nothing is kept on the way.
    let effort: [Int]
    let work: RebuildBudget

    /// Entries that are used more than once, or only in part and so probably more than once.
    private struct SharedEntries {
        static let limit = 48 << 20
        var bytes: [Int: [UInt8]] = [:]
        var order: [Int] = []
        var size = 0

        mutating func insert(_ entry: Int, _ new: [UInt8]) {
            guard bytes.updateValue(new, forKey: entry) == nil else { return }
            order.append(entry)
            size += new.count
            while size > Self.limit, order.count > 1 {
                size -= bytes.removeValue(forKey: order.removeFirst())?.count ?? 0
            }
        }
    }

    /// Reads entries of a validated manifest.
    convenience init(_ base: BaseManifest, for purpose: ObjectID, in context: TransferContext) {
        self.init(base.manifest.entries, of: [base], for: purpose, in: context)
    }

    /// Reads entries of several validated manifests.
    convenience init(_ bases: BaseSet, for purpose: ObjectID, in context: TransferContext) {
        self.init(bases.entries, of: bases.files, for: purpose, in: context)
    }

    private init(
        _ entries: [Manifest.Entry], of files: [BaseManifest], for purpose: ObjectID, in context: TransferContext
    ) {
        self.context = context
        self.entries = entries
        self.purpose = purpose
        var uses = [Int](repeating: 0, count: entries.count)
        for entry in entries { for segment in entry.base { uses[segment.entry] += 1 } }
        isUsedAgain = uses.map { $0 > 1 }
        effort = ChunkRebuilder.effort(of: entries)
        work = RebuildBudget(fileLength: files.reduce(0) { $0 + Double($1.manifest.layout.size) })
        owners = files.map { "\($0.manifest.object)" }.joined(separator: " or ")
        copies = files.compactMap { base -> (LocalFile, [ChunkID: UInt64])? in
            guard let file = try? LocalFile(readingIfPresent: context.objectPath(base.manifest.object)),
                file.size == base.manifest.layout.size
            else { return nil }
            let starts = zip(base.manifest.chunks, base.chunkStarts).map { (base.manifest.entries[$0].chunk, $1) }
            return (file, Dictionary(starts, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// The raw bytes of an entry.
    ///
    /// - Parameter fetched: payloads that were read beforehand; those that are missing are read now.
    /// - Throws: `TransferError` if the store lacks a payload or what it gives is not what the manifest says.
    func bytes(
        of index: Int, fetched: FetchedPayloads = FetchedPayloads(), codec: ChunkCodec
    ) async throws -> [UInt8] {
        if let bytes = fetched.rebuilt[index] ?? known(index) { return bytes }
        var fetched = fetched
        if effort[index] > ChunkRebuilder.recursionLimit {
            try await rebuildBases(of: index, into: &fetched, codec: codec)
        }
        let bytes = try await rebuiltBytes(of: index, fetched: fetched, codec: codec)
        if isUsedAgain[index] { await keep(bytes, of: index) }
        return bytes
    }

    /// The bytes of an entry that was rebuilt a short while ago.
    func known(_ index: Int) -> [UInt8]? { shared.withLock { $0.bytes[index] } }

    private func keep(_ bytes: [UInt8], of index: Int) async {
        shared.withLock { $0.insert(index, bytes) }
        await arrivals.drop(index)
    }

    func rebuiltBytes(of index: Int, fetched: FetchedPayloads, codec: ChunkCodec) async throws -> [UInt8] {
        let entry = entries[index]
        if let bytes = localBytes(of: entry) {
            context.trace.emit(.chunkLocal, object: purpose, name: entry.chunk.digest, bytes: bytes.count)
            return bytes
        }
        do {
            return try await decodedBytes(of: index, fetched: fetched, codec: codec)
        } catch  where ChunkRebuilder.isLoss(error) {
            guard let raw = try await standIn(for: entry) else { throw error }
            return raw
        }
    }

    private func decodedBytes(of index: Int, fetched: FetchedPayloads, codec: ChunkCodec) async throws -> [UInt8] {
        let entry = entries[index]
        guard work.pays(entry.rawLength + entry.base.reduce(0) { $0 + $1.length }) else {
            throw excessive("it takes more than \(work.limit) bytes of work")
        }
        let base = try await concatenation(of: entry.base, fetched: fetched, codec: codec)
        let payload: [UInt8]
        if let early = fetched.bytes[index] { payload = early } else { payload = try await self.payload(of: entry) }
        guard entry.encoding != .raw else { return payload }
        let raw = try decode(payload, of: entry, base: base, codec: codec)
        guard SHA256.hash(raw) == entry.chunk.digest else {
            throw corrupt(entry, "it decodes to bytes that are not chunk \(entry.chunk)")
        }
        return raw
    }

    /// The base that segments stand for.
    func concatenation(
        of segments: [Manifest.Segment], fetched: FetchedPayloads = FetchedPayloads(), codec: ChunkCodec
    ) async throws -> [UInt8] {
        if segments.count == 1, segments[0].offset == 0,
            segments[0].length == entries[segments[0].entry].rawLength
        {
            return try await bytes(of: segments[0].entry, fetched: fetched, codec: codec)
        }
        var base: [UInt8] = []
        base.reserveCapacity(segments.reduce(0) { $0 + $1.length })
        for segment in segments {
            let bytes = try await bytes(of: segment.entry, fetched: fetched, codec: codec)
            base += bytes[segment.offset..<segment.offset + segment.length]
            if segment.length < bytes.count { await keep(bytes, of: segment.entry) }
        }
        return base
    }

    /// Whether a file here should have an entry's bytes; only reading them proves it.
    func isProbablyLocal(_ entry: Manifest.Entry) -> Bool {
        copies.contains { $0.starts[entry.chunk] != nil }
            || context.state.locations(of: entry.chunk, length: entry.rawLength).contains { location in
                access(context.objectPath(location.object), R_OK) == 0
            }
    }

    private func localBytes(of entry: Manifest.Entry) -> [UInt8]? {
        for copy in copies {
            if let start = copy.starts[entry.chunk],
                let bytes = try? copy.file.read(at: start, count: entry.rawLength),
                SHA256.hash(bytes) == entry.chunk.digest
            {
                return bytes
            }
        }
        for location in context.state.locations(of: entry.chunk, length: entry.rawLength) {
            guard let file = try? LocalFile(readingIfPresent: context.objectPath(location.object)) else {
                context.state.forgetLocations(in: location.object)
                continue
            }
            if let bytes = try? file.read(at: location.offset, count: entry.rawLength),
                SHA256.hash(bytes) == entry.chunk.digest
            {
                return bytes
            }
        }
        return nil
    }

    /// Reads a payload from the store.
    func payload(of entry: Manifest.Entry) async throws -> [UInt8] {
        let payload: [UInt8]
        do {
            payload = try await context.store.read(.payload(entry.payload), limit: entry.payloadLength)
        } catch let error as StoreError where error.code == .missing {
            throw TransferError(
                .missing,
                "the store lacks payload \(entry.payload) of object \(owners); push that object again from a "
                    + "repository that has it, or run `modmeta store verify`")
        }
        context.trace.emit(.payloadGet, object: purpose, name: entry.payload.digest, bytes: payload.count)
        guard
            payload.count == entry.payloadLength && SHA256.hash(payload) == entry.payload.digest
                || context.omissions.contains(.payloadDigest)
        else {
            throw corrupt(entry, "its bytes do not have that SHA-256")
        }
        return payload
    }

    private func decode(
        _ payload: [UInt8], of entry: Manifest.Entry, base: [UInt8], codec: ChunkCodec
    ) throws -> [UInt8] {
        do {
            return try [UInt8](unsafeUninitializedCapacity: entry.rawLength) { buffer, initialized in
                try payload.withUnsafeBytes { payload in
                    try base.withUnsafeBytes { base in
                        try codec.decode(
                            payload, encoding: entry.encoding, base: base,
                            into: UnsafeMutableRawBufferPointer(
                                start: buffer.baseAddress, count: entry.rawLength))
                    }
                }
                initialized = entry.rawLength
            }
        } catch let error as DeltaError {
            throw corrupt(entry, "\(error)")
        }
    }

    func excessive(_ reason: String) -> TransferError {
        TransferError(.corrupt, "the manifest of object \(owners) is not rebuilt: \(reason); send the object again")
    }

    private func corrupt(_ entry: Manifest.Entry, _ reason: String) -> TransferError {
        TransferError(
            .corrupt,
            "payload \(entry.payload) of object \(owners) is damaged: \(reason); run `modmeta store verify`")
    }
}
