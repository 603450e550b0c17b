internal import ModmetaStore

extension BucketStore {
    /// The newest generation of the format document and its file; nil if there is none.
    func newestFormat() async throws -> (generation: FormatGeneration, file: BucketEntry)? {
        var newest: (FormatGeneration, BucketEntry)?
        try await files.list(prefix: FormatGeneration.pathPrefix) { entry in
            guard let generation = FormatGeneration(path: entry.path) else { return true }
            guard entry.size >= UInt64(FormatGeneration.headerLength) else {
                throw StoreError(.corrupt, "\(entry.path) in \(files.name) is too short to be a format document")
            }
            newest = (generation, entry)
            return false
        }
        return newest
    }

    /// The document in effect and its number; nil if there is none.
    func readFormat(limit: Int) async throws -> (document: [UInt8], generation: FormatGeneration)? {
        if lastFormat.isFirstQuestion() { return try await readFirstFormat(limit: limit) }
        guard let (generation, file) = try await newestFormat() else { return nil }
        return (try await document(of: generation, in: file, limit: limit), generation)
    }

    /// The same where nothing is known yet: asks for the first generation while the newest is looked for.
    ///
    /// Most stores have no other. Where there is another, the question is broken off.
    private func readFirstFormat(limit: Int) async throws -> (document: [UInt8], generation: FormatGeneration)? {
        let first = FormatGeneration(number: 1)
        async let guess = files.read(first.path, limit: StoreFormat.byteLimit + FormatGeneration.headerLength)
        guard let (generation, file) = try await newestFormat() else { return nil }
        let content = generation.number == first.number ? try? await guess : nil
        return (try await document(of: generation, in: file, limit: limit, content: content), generation)
    }

    /// The document in a generation's file.
    ///
    /// - Parameter content: the file's bytes, where they are known.
    private func document(
        of generation: FormatGeneration, in file: BucketEntry, limit: Int, content: [UInt8]? = nil
    ) async throws -> [UInt8] {
        let (total, overflow) = limit.addingReportingOverflow(FormatGeneration.headerLength)
        guard file.size <= UInt64(max(overflow ? limit : total, 0)) else {
            throw StoreError(
                .corrupt, "\(generation.path) in \(files.name) has more than the \(limit) bytes it may have")
        }
        if let document = lastFormat.document(of: file) { return document }
        var bytes = content ?? []
        if content == nil { bytes = try await files.read(generation.path, limit: overflow ? limit : total) }
        guard bytes.count >= FormatGeneration.headerLength, bytes.starts(with: "writer ".utf8) else {
            throw StoreError(.corrupt, "\(generation.path) in \(files.name) does not begin with its writer's name")
        }
        let document = Array(bytes.dropFirst(FormatGeneration.headerLength))
        lastFormat.note(document, of: file)
        return document
    }

    /// Replaces the bytes of `ObjectKey.format` if they are still `expected` (nil: absent).
    ///
    /// - Throws: also `.unsupported` where the service ignores conditions and a document is to be replaced.
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        let current = try await readFormat(limit: StoreFormat.byteLimit)
        guard current?.document == expected else { return false }
        return try await putFormat(new, after: current?.generation)
    }

    /// Writes the generation after one; after none, the first.
    ///
    /// - Returns: whether nobody else has.
    func putFormat(_ new: [UInt8], after current: FormatGeneration?) async throws -> Bool {
        let number = (current?.number ?? 0).addingReportingOverflow(1)
        guard !number.overflow else {
            throw StoreError(.corrupt, "the format document in \(files.name) has the last number")
        }
        let next = FormatGeneration(number: number.partialValue)
        lastFormat.forget()
        let content = FormatGeneration.content(new, writer: StoreFormat.ID())
        do {
            if try await files.put(next.path, .bytes(content), .ifAbsent) == .created { return true }
        } catch let error as StoreError where error.code == .unsupported && current == nil {
            // A new store's first document: a look must do. Two makers at one moment agree on the later one.
            guard try await newestFormat() == nil else { return false }
            _ = try await files.put(next.path, .bytes(content), .always)
        }
        // Taken by another writer, or by us, and the answer was lost.
        return try await files.read(next.path, limit: StoreFormat.byteLimit + FormatGeneration.headerLength) == content
    }

    /// Stores the first document.
    func putFormat(_ content: ObjectContent, size: UInt64) async throws -> PutOutcome {
        guard size <= UInt64(StoreFormat.byteLimit) else {
            throw StoreError(.corrupt, "a format document may have at most \(StoreFormat.byteLimit) bytes")
        }
        let bytes: [UInt8]
        switch content {
        case .bytes(let given): bytes = given
        case .file(let path): bytes = try UploadedFile(path).readAll()
        }
        return try await compareAndSwapFormat(expected: nil, new: bytes) ? .created : .existed
    }
}
