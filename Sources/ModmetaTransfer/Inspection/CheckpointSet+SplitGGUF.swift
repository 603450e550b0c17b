internal import ModmetaFormats

extension CheckpointSet {
    /// The GGUF models of a directory that are split into several files, by their names.
    static func splitGGUF(in directory: CheckpointDirectory) throws -> [CheckpointSet] {
        var models: [ByteString: [(part: Int, count: Int, file: String)]] = [:]
        for file in directory.files {
            guard let name = PartName(file.name) else { continue }
            models[ByteString(name.stem), default: []].append((name.part, name.count, file.name))
        }
        return try models.sorted { $0.key < $1.key }.map { stem, parts in
            let count = parts.map(\.count).max() ?? 0
            let names = (1...max(1, count)).map { PartName.name(stem: stem.text, part: $0, count: count) }
            var set = CheckpointSet(
                kind: .splitGGUF, name: stem.text, files: parts.map(\.file).sortedByBytes(), tensorCount: 0)
            set.report(names.filter { directory.file($0) == nil }) { "the part \($0) is missing" }
            var stated: Set<UInt64> = []
            for part in parts {
                guard let file = directory.file(part.file) else { continue }
                set.tensorCount += file.reading.layout.tensors.count
                if let violation = file.reading.violation {
                    set.problems.append("the part \(part.file) cannot be read: \(violation)")
                    continue
                }
                let split = try GGUFLayout.read(try LocalFile(reading: "\(directory.path)/\(part.file)")).split
                if split?.number != UInt64(part.part - 1) || split?.count != UInt64(part.count) {
                    set.problems.append("the part \(part.file) does not say in itself that it is this part")
                }
                if let count = split?.tensorCount { stated.insert(count) }
            }
            if names.allSatisfy({ directory.file($0) != nil }), let only = stated.first,
                stated.count > 1 || only != UInt64(set.tensorCount)
            {
                set.problems.append("the parts have \(set.tensorCount) tensors together and say \(only)")
            }
            return set
        }
    }

    /// The name of a part: `model-00001-of-00003.gguf`.
    private struct PartName {
        var stem: String
        var part: Int
        var count: Int

        init?(_ name: String) {
            guard name.hasSuffix(".gguf") else { return nil }
            let pieces = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
            guard pieces.count >= 4, pieces[pieces.count - 2] == "of",
                let count = PartName.number(pieces[pieces.count - 1]),
                let part = PartName.number(pieces[pieces.count - 3]), 1...count ~= part
            else { return nil }
            stem = pieces.dropLast(3).joined(separator: "-")
            (self.part, self.count) = (part, count)
        }

        private static func number(_ text: Substring) -> Int? {
            text.utf8.count == 5 ? Int(text).flatMap { $0 > 0 ? $0 : nil } : nil
        }

        static func name(stem: String, part: Int, count: Int) -> String {
            func padded(_ number: Int) -> String {
                String(repeating: "0", count: max(0, 5 - "\(number)".utf8.count)) + "\(number)"
            }
            return "\(stem)-\(padded(part))-of-\(padded(count)).gguf"
        }
    }
}
