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
        guard let (generation, file) = try await newestFormat() else { return nil }
        let (total, overflow) = limit.addingReportingOverflow(FormatGeneration.headerLength)
        guard file.size <= UInt64(max(overflow ? limit : total, 0)) else {
            throw StoreError(
                .corrupt, "\(generation.path) in \(files.name) has more than the \(limit) bytes it may have")
        }
        if let document = lastFormat.document(of: file) { return (document, generation) }
        let bytes = try await files.read(generation.path, limit: overflow ? limit : total)
        guard bytes.count >= FormatGeneration.headerLength, bytes.starts(with: "writer ".utf8) else {
            throw StoreError(.corrupt, "\(generation.path) in \(files.name) does not begin with its writer's name")
        }
        let document = Array(bytes.dropFirst(FormatGeneration.headerLength))
        lastFormat.note(document, of: file)
        return (document, generation)
    }

    /// Replaces the bytes of `ObjectKey.format` if they are still `expected` (nil: absent).
    ///
    /// - Throws: also `.unsupported` where the service ignores conditions and a document is to be replaced.
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        let current = try await readFormat(limit: StoreFormat.byteLimit)
        guard current?.document == expected else { return false }
        let number = (current?.generation.number ?? 0).addingReportingOverflow(1)
        guard !number.overflow else {
            throw StoreError(.corrupt, "the format document in \(files.name) has the last number")
        }
        let next = FormatGeneration(number: number.partialValue)
        lastFormat.forget()
        let content = FormatGeneration.content(new, writer: StoreFormat.ID())
        do {
            if try await files.put(next.path, .bytes(content), .ifAbsent) == .created { return true }
        } catch let error as StoreError where error.code == .unsupported && expected == nil {
            // A new store's first document: the look above must do. Two makers at one moment agree on the later one.
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
