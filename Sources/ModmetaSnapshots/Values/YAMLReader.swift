internal import Yams

/// Reads a YAML text into a value; what unquoted text stands for is `PlainScalar`'s to say.
struct YAMLReader {
    private let what: String
    private var valueCount = 0

    /// Reads the one document of a text; an empty text is `null`.
    ///
    /// - Parameter what: what the text is, for errors, for example its path.
    /// - Throws: `SnapshotError` with `syntax`.
    static func value(of bytes: [UInt8], _ what: String) throws(SnapshotError) -> DocumentValue {
        guard bytes.count <= DocumentLimits.byteCount, let text = String(validating: bytes, as: UTF8.self) else {
            throw SnapshotError(.syntax, "\(what) is not UTF-8, or longer than \(DocumentLimits.byteCount) bytes")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            let words = "\(error)".split(separator: "\n").joined(separator: " ")
            throw SnapshotError(.syntax, "\(what) is not YAML: \(words)")
        }
        guard let node else { return .null }
        var reader = YAMLReader(what: what)
        return try reader.value(node, depth: 0)
    }

    private init(what: String) { self.what = what }

    private mutating func value(_ node: Node, depth: Int) throws(SnapshotError) -> DocumentValue {
        valueCount += 1
        guard depth < DocumentLimits.depth, valueCount <= DocumentLimits.valueCount else {
            throw SnapshotError(.syntax, "\(what) has too many values, or values nested too deep")
        }
        switch node {
        case .scalar(let scalar):
            return scalar.style == .plain ? PlainScalar.value(scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            var elements: [DocumentValue] = []
            for element in sequence { elements.append(try value(element, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [DocumentValue.Member] = []
            var keys: Set<String> = []
            for (key, content) in mapping {
                guard case .scalar(let scalar) = key else {
                    throw SnapshotError(.syntax, "\(what) has a key that is not text")
                }
                guard keys.insert(scalar.string).inserted else {
                    throw SnapshotError(.syntax, "\(what) has the key \(scalar.string) twice in one place")
                }
                members.append(DocumentValue.Member(scalar.string, try value(content, depth: depth + 1)))
            }
            return .object(members)
        case .alias: throw SnapshotError(.syntax, "\(what) has an alias to nothing")
        }
    }
}
