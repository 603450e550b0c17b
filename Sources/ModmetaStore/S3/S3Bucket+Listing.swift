internal import ModmetaFormats

extension S3Bucket {
    /// The most bytes of one page.
    static let pageByteLimit = 8 << 20
    /// How many pages may be empty before the listing is given up.
    private static let emptyPageLimit = 100

    /// Calls `visit` once for each file whose path begins with `prefix`, in the order the service keeps: by bytes.
    public func list(prefix: String, visit: (BucketEntry) async throws -> Bool) async throws {
        var token: String?
        // Whoever wants the first file only gets a small page.
        var count = 20
        var emptyPages = 0
        repeat {
            let page = try await believablePage(prefix: prefix, count: count, after: token)
            for entry in page.entries { guard try await visit(entry) else { return } }
            emptyPages = page.entries.isEmpty ? emptyPages + 1 : 0
            guard
                page.next == nil
                    || (page.next?.hasSameBytes(as: token ?? "") != true && emptyPages < S3Bucket.emptyPageLimit)
            else {
                throw StoreError(.unavailable, "cannot list \(name): the service's pages lead nowhere")
            }
            token = page.next
            count = 1000
        } while token != nil
    }

    /// A part of a listing.
    private struct Page: Hashable, Sendable {
        var entries: [BucketEntry]
        /// What to ask for the next one with; nil at the end.
        var next: String?
    }

    /// The most looks at one page.
    private static let lookLimit = 10
    /// How many looks must show the same token for what follows; services may make up another one each time.
    private static let tokenLookLimit = 4

    /// A page that was not damaged on the way.
    ///
    /// Nothing in a listing tells a damaged name from a right one: it would hide the newest generation, or an object that
    /// must not be collected. So where TLS does not protect it, there are two looks at once, and more until everything in
    /// one of them was seen before. What others write and delete meanwhile does not hinder that for long.
    private func believablePage(prefix: String, count: Int, after token: String?) async throws -> Page {
        guard client.isPlain else { return try await page(prefix: prefix, count: count, after: token) }
        async let one = page(prefix: prefix, count: count, after: token)
        async let other = page(prefix: prefix, count: count, after: token)
        let (first, second) = try await (one, other)
        if first == second { return first }
        var entries = Set(first.entries + second.entries)
        var tokens: Set<ByteString?> = [first.next.map { ByteString($0) }, second.next.map { ByteString($0) }]
        for look in 3...S3Bucket.lookLimit {
            let latest = try await page(prefix: prefix, count: count, after: token)
            if entries.isSuperset(of: latest.entries),
                tokens.contains(latest.next.map { ByteString($0) }) || look > S3Bucket.tokenLookLimit
            {
                return latest
            }
            entries.formUnion(latest.entries)
            tokens.insert(latest.next.map { ByteString($0) })
        }
        throw StoreError(
            .unavailable, "cannot list \(name): each time another list arrives; give the same command again")
    }

    private func page(prefix: String, count: Int, after token: String?) async throws -> Page {
        var call = S3Call("GET", "", to: "list \(name)")
        call.query = [("list-type", "2"), ("max-keys", "\(count)")]
        if !key(prefix).isEmpty { call.query.append(("prefix", key(prefix))) }
        if let token { call.query.append(("continuation-token", token)) }
        call.limit = S3Bucket.pageByteLimit
        return try await client.perform(call) { response in
            // Damage on the way is no reason to give up, so it counts as a failure that may pass.
            let damaged = StoreError(.unavailable, "cannot \(call.action): the service's answer is not understood")
            guard let root = XMLScanner.root(of: response.body), root.name == "ListBucketResult" else { throw damaged }
            let entries = try root.all("Contents").map { item in
                guard let key = item["Key"], key.utf8.starts(with: self.key(prefix).utf8),
                    let size = item["Size"].flatMap({ UInt64($0) }),
                    let modified = item["LastModified"].flatMap({ Timestamp(internet: $0) })
                else { throw damaged }
                return BucketEntry(
                    path: String(decoding: key.utf8.dropFirst(keyPrefix.utf8.count), as: UTF8.self), size: size,
                    modified: modified.seconds)
            }
            switch root["IsTruncated"].map({ ByteString($0) }) {
            case nil, "false": return Page(entries: entries)
            case "true":
                guard let next = root["NextContinuationToken"], !next.isEmpty else { throw damaged }
                return Page(entries: entries, next: next)
            default: throw damaged
            }
        }
    }
}
