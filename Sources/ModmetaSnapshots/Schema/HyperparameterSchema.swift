internal import ModmetaFormats

/// The settings allowed in a training configuration, from `.modmeta/schema.yaml`; see docs/formats/schema.md.
public struct HyperparameterSchema: Sendable {
    /// The value of the key `format`.
    public static let format = "modmeta.schema/1"
    /// The path of the file in a repository.
    public static let path = ".modmeta/schema.yaml"

    /// What to do with unknown keys.
    enum UnknownKeys: String {
        case reject, warn, allow
    }

    /// The rule for one key.
    struct Key: Sendable {
        var rule: ValueRule
        var severity: ConfigFinding.Severity
        /// The message to show instead of the built-in one.
        var message: String?
    }

    /// The rules of a method in addition to those for all.
    struct Method: Sendable {
        var keys: [ByteString: Key] = [:]
        var required: [String] = []
        var recommended: [String] = []
    }

    private(set) var unknown = UnknownKeys.reject
    /// The rules for keys, by canonical name.
    private(set) var keys: [ByteString: Key] = [:]
    /// The canonical name of each alias.
    private(set) var aliases: [ByteString: String] = [:]
    /// Known keys without a rule.
    private(set) var known: Set<ByteString> = []
    /// Keys whose members count as top-level keys.
    private(set) var sections: Set<ByteString> = []
    private(set) var common = Method()
    private(set) var methods: [TrainingMethod: Method] = [:]

    /// The schema built into modmeta.
    ///
    /// - Throws: only in a broken build.
    public static func builtIn() throws(SnapshotError) -> HyperparameterSchema {
        try HyperparameterSchema(parsing: PackageResources.default_schema_yaml, path: "the built-in schema")
    }

    /// The text of the built-in schema.
    public static var builtInText: String { String(decoding: PackageResources.default_schema_yaml, as: UTF8.self) }

    /// Loads the schema at a path, or the built-in one if the file does not exist.
    ///
    /// - Throws: `SnapshotError` with `file`, `syntax` or `document`.
    public static func load(path: String) throws(SnapshotError) -> HyperparameterSchema {
        guard FileStamp(path: path) != nil else { return try builtIn() }
        return try HyperparameterSchema(parsing: CheckpointFile.bytes(of: path), path: path)
    }

    /// Parses a schema and the one it extends.
    ///
    /// - Throws: `SnapshotError` with `syntax` or `document`.
    public init(parsing bytes: [UInt8], path: String) throws(SnapshotError) {
        let value = try YAMLReader.value(of: bytes, path)
        guard value["format"] == .string(HyperparameterSchema.format) else {
            throw SnapshotError(
                .document, "\(path) does not have `format: \(HyperparameterSchema.format)`, so it cannot be read")
        }
        switch value["extends"] {
        case nil, .null?: break
        case .string("default")?: self = try HyperparameterSchema.builtIn()
        default: throw SnapshotError(.document, "\(path): extends can only be `default`")
        }
        for member in value.members ?? [] { try add(member, path) }
    }

    private mutating func add(_ member: DocumentValue.Member, _ path: String) throws(SnapshotError) {
        let value = member.value
        switch ByteString(member.key) {
        case "format", "extends": break
        case "unknown":
            guard let policy = value.text.flatMap(UnknownKeys.init) else {
                throw SnapshotError(.document, "\(path): unknown must be reject, warn or allow")
            }
            unknown = policy
        case "sections": sections.formUnion(try names(value, member.key, path).map { ByteString($0) })
        case "known": known.formUnion(try names(value, member.key, path).map { ByteString($0) })
        case "keys": keys.merge(try parsedKeys(value, path)) { $1 }
        case "required": common.required = try names(value, member.key, path)
        case "recommended": common.recommended = try names(value, member.key, path)
        case "methods":
            for entry in value.members ?? [] {
                guard let name = TrainingMethod(rawValue: entry.key) else {
                    throw SnapshotError(
                        .document, "\(path): \(entry.key) is not one of the methods lora, qlora and full")
                }
                methods[name] = try method(entry.value, after: methods[name] ?? Method(), "\(path): \(entry.key)")
            }
        default: throw SnapshotError(.document, "\(path) has the unknown key \(member.key)")
        }
    }

    private mutating func method(
        _ value: DocumentValue, after present: Method, _ path: String
    ) throws(SnapshotError) -> Method {
        var method = present
        for member in value.members ?? [] {
            switch ByteString(member.key) {
            case "keys": method.keys.merge(try parsedKeys(member.value, path)) { $1 }
            case "required": method.required = try names(member.value, member.key, path)
            case "recommended": method.recommended = try names(member.value, member.key, path)
            default: throw SnapshotError(.document, "\(path) has the unknown key \(member.key)")
            }
        }
        return method
    }

    private func names(_ value: DocumentValue, _ key: String, _ path: String) throws(SnapshotError) -> [String] {
        let names = value.elements?.compactMap(\.text) ?? []
        guard names.count == value.elements?.count else {
            throw SnapshotError(.document, "\(path): \(key) is not a list of names")
        }
        return names
    }

    private mutating func parsedKeys(_ value: DocumentValue, _ path: String) throws(SnapshotError) -> [ByteString: Key]
    {
        guard let members = value.members else { throw SnapshotError(.document, "\(path): keys is not a mapping") }
        var result: [ByteString: Key] = [:]
        for member in members {
            let place = "\(path): \(member.key)"
            let rule = member.value == .null ? DocumentValue.object([]) : member.value
            for alias in try rule["aliases"].map({ v throws(SnapshotError) in try names(v, "aliases", place) }) ?? [] {
                aliases[ByteString(alias)] = member.key
            }
            guard let severity = ConfigFinding.Severity(rawValue: rule["level"]?.text ?? "error") else {
                throw SnapshotError(.document, "\(place): level must be error or warning")
            }
            result[ByteString(member.key)] = Key(
                rule: try ValueRule(parsing: rule, place, besides: ["aliases", "level", "message"]),
                severity: severity, message: rule["message"]?.text)
        }
        return result
    }

    /// All names of keys, those with rules first.
    var allNames: [String] { (keys.keys.sorted() + aliases.keys.sorted() + known.sorted()).map(\.text) }

    /// The canonical name of a key, or nil if the schema does not know it.
    public func canonicalName(of key: String) -> String? {
        let name = ByteString(key)
        if keys[name] != nil { return key }
        return aliases[name] ?? (known.contains(name) ? key : nil)
    }
}
