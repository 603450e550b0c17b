internal import ModmetaSnapshots

/// What differs from a snapshot, for people and for programs.
struct DifferenceReport {
    /// How many lines people are shown.
    private static let lineLimit = 20

    let difference: ContentDifference

    /// The differences in a few words.
    var summary: String {
        let counts = [
            (difference.added.count, "added"), (difference.missing.count, "missing"),
            (difference.changed.count, "changed"),
        ]
        return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? "file" : "files") \($0.1)" }.joined(
            separator: ", ")
    }

    /// The first of the files and tensors that differ, a line for each, and how many more there are.
    var lines: [String] {
        var lines =
            difference.added.map { "added: \($0)" } + difference.missing.map { "missing: \($0)" }
        for file in difference.changed {
            lines.append(
                "changed: \(file.name)\(file.tensors == nil ? "; its tensors were not compared" : "")")
            guard let tensors = file.tensors else { continue }
            for (kind, names) in Self.kinds(tensors) { lines += names.map { "  tensor \(kind): \($0)" } }
        }
        guard lines.count > Self.lineLimit else { return lines }
        return lines.prefix(Self.lineLimit) + ["and \(lines.count - Self.lineLimit) more; --json lists all"]
    }

    /// All of them.
    var document: DocumentValue {
        [
            "added": Self.array(difference.added), "missing": Self.array(difference.missing),
            "changed": .array(
                difference.changed.map { file in
                    let tensors = file.tensors.map { tensors in
                        DocumentValue.object(Self.kinds(tensors).map { .init($0.kind, Self.array($0.names)) })
                    }
                    return ["path": .string(file.name), "tensors": tensors ?? .null]
                }),
        ]
    }

    private static func kinds(_ names: ContentDifference.Names) -> [(kind: String, names: [String])] {
        [("added", names.added), ("missing", names.missing), ("changed", names.changed)]
    }

    private static func array(_ names: [String]) -> DocumentValue { .array(names.map { .string($0) }) }
}
