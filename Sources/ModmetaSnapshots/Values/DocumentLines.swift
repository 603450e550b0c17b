internal import ModmetaFormats

/// The lines on which the keys of a document stand, also of those that are merged or repeated from elsewhere in it.
struct DocumentLines: Sendable {
    /// How many places are looked at for one key, and how many are kept.
    private static let (limit, sourceLimit) = (64, 4096)

    /// The line of each key, from 1, by the keys that lead to it with dots between.
    private(set) var lines: [ByteString: Int]
    /// Where the members of a place stand too, by its path.
    private var sources: [ByteString: [ByteString]] = [:]
    private var sourceCount = 0

    /// Creates a table of lines.
    init(_ lines: [ByteString: Int] = [:]) { self.lines = lines }

    /// Notes the first line of a key.
    mutating func note(_ path: String, line: Int) {
        let path = ByteString(path)
        if lines[path] == nil { lines[path] = line }
    }

    /// Notes that what stands under one path counts under another too.
    mutating func note(_ path: String, repeats source: ByteString) {
        guard sourceCount < DocumentLines.sourceLimit else { return }
        sources[ByteString(path), default: []].append(source)
        sourceCount += 1
    }

    /// The line of a key, or nil if it is not known.
    subscript(path: String) -> Int? {
        let bytes = path.utf8
        if let line = lines[ByteString(path)] { return line }
        guard !sources.isEmpty else { return nil }
        // A key may have dots of its own: each may be the one before it.
        var places = bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }.suffix(8).map { dot in
            (parent: String(path[..<dot]), key: String(path[bytes.index(after: dot)...]))
        }
        places.append((parent: "", key: path))
        return places.lazy.compactMap { line(of: $0.key, under: ByteString($0.parent)) }.first
    }

    private func line(of key: String, under parent: ByteString) -> Int? {
        var seen: Set<ByteString> = [parent]
        var waiting = [parent]
        var index = 0
        while index < waiting.count, index < DocumentLines.limit {
            for source in sources[waiting[index]] ?? [] where seen.insert(source).inserted {
                if let line = lines[ByteString(source.text.isEmpty ? key : "\(source.text).\(key)")] { return line }
                waiting.append(source)
            }
            index += 1
        }
        return nil
    }
}
