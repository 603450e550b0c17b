internal import ModmetaFormats
internal import ModmetaStore

/// The generations of refs in a bucket: reads the newest, and adds the next if nobody else has.
///
/// Which generation is the newest is decided by put-if-absent on its path, because that is the condition that servers of
/// buckets agree on. Generations are never replaced and never deleted.
struct RefGenerations: Sendable {
    /// The bucket.
    let files: any BucketFiles

    /// What became of a generation that was offered.
    enum Outcome: Equatable, Sendable {
        /// It is the one of its number.
        case published
        /// This one has its number.
        case overtaken(by: RefGeneration)
    }

    /// The newest generation, or nil if nothing was pushed yet.
    ///
    /// - Parameter known: one that was read before, so that it need not be read again.
    /// - Throws: `StoreError.Code.corrupt` for a damaged document, `.unsupported` for one of an unknown version.
    func newest(knowing known: RefGeneration? = nil) async throws -> RefGeneration? {
        var found: UInt64?
        try await files.list(prefix: RefGeneration.directory) { entry in
            found = RefGeneration.number(in: entry.path)
            return found == nil
        }
        // A listing may be older than what this process knows.
        guard let found, found > known?.number ?? 0 else { return known }
        return try await read(found)
    }

    /// The newest generation for sure, or nil if nothing was ever pushed.
    ///
    /// A listing may lack what is there. Generations are numbered without gaps and never deleted, so the one after the newest
    /// must be absent when it is asked for by its name.
    func certainlyNewest() async throws -> RefGeneration? {
        var newest = try await newest()
        while try await files.size(of: RefGeneration.path(of: (newest?.number ?? 0) + 1)) != nil {
            newest = try await read((newest?.number ?? 0) + 1)
        }
        return newest
    }

    /// Reads a generation.
    func read(_ number: UInt64) async throws -> RefGeneration {
        let path = RefGeneration.path(of: number)
        let bytes = try await files.read(path, limit: RefGeneration.byteLimit)
        do {
            let generation = try RefGeneration(parsing: bytes)
            guard generation.number == number else {
                throw StoreError(
                    .corrupt, "\(path) in \(files.name) holds generation \(generation.number), not \(number)")
            }
            return generation
        } catch let error as FormatError {
            throw StoreError(
                error.code == .unsupportedVersion ? .unsupported : .corrupt, "\(path) in \(files.name): \(error)")
        }
    }

    /// Adds a generation.
    ///
    /// Where the answer is lost, what lies at the path decides by its nonce.
    ///
    /// - Throws: `.unsupported` where the service ignores the condition, so that refs could be lost.
    func publish(_ generation: RefGeneration) async throws -> Outcome {
        let path = RefGeneration.path(of: generation.number)
        let bytes: [UInt8]
        do { bytes = try generation.serialized() } catch { throw StoreError(.unsupported, error.message) }
        do {
            if try await files.put(path, .bytes(bytes), .ifAbsent) == .created { return .published }
        } catch let error as StoreError where error.isTransient {
            return try await settle(generation, after: error)
        }
        return try await outcome(of: generation)
    }

    private func outcome(of generation: RefGeneration) async throws -> Outcome {
        let found = try await read(generation.number)
        return found.nonce == generation.nonce ? .published : .overtaken(by: found)
    }

    /// Finds out what became of a `put` that failed, perhaps after it took effect.
    private func settle(_ generation: RefGeneration, after failure: StoreError) async throws -> Outcome {
        do {
            return try await outcome(of: generation)
        } catch let error as StoreError where error.code == .missing {
            throw failure
        } catch let error as StoreError where error.isTransient {
            throw StoreError(
                .unavailable,
                "whether the refs in \(files.name) have changed cannot be told (\(failure)); run git fetch to see")
        }
    }
}
