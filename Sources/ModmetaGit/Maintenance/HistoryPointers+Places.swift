internal import ModmetaFormats

extension HistoryPointers {
    /// How many objects are looked for: each takes git a walk through the history.
    private static let placeLimit = 10

    /// Where objects are found: a ref that leads to them, the commit and the path, as a person would look for them.
    ///
    /// - Parameter objects: of more than ten, only some are looked for.
    func places(of objects: Set<ObjectID>, from tips: Set<GitObjectName>) async throws -> [ObjectID: String] {
        var blobs: [ObjectID: GitObjectName] = [:]
        let wanted = Set(objects.sorted().prefix(Self.placeLimit))
        try await forEach(from: tips) { object, blob in
            if wanted.contains(object) { blobs[object] = blob }
        }
        var places: [ObjectID: String] = [:]
        for (object, blob) in blobs {
            let output = try await git.output([
                "-c", "core.commitGraph=false", "-c", "core.quotePath=false", "log", "--all", "--source", "-m", "-1",
                "--no-ext-diff", "--no-renames", "--name-only", "-z", "--format=%S %h", "--find-object=\(blob)",
            ])
            let words = output.standardOutput.split(separator: 0)
            guard output.status == 0, words.count >= 2 else { continue }
            let path = words[1].drop { $0 == UInt8(ascii: "\n") }
            let source = String(decoding: words[0].drop { $0 == UInt8(ascii: "\n") }, as: UTF8.self).split(
                separator: " ")
            guard source.count == 2 else { continue }
            places[object] =
                "\(QuotedName(String(decoding: path, as: UTF8.self))) in \(QuotedName(String(source[0]))) "
                + "(commit \(source[1]))"
        }
        return places
    }
}
