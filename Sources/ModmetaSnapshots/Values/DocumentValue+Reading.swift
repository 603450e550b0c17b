internal import ModmetaFormats

extension DocumentValue {
    /// Parses a configuration file: JSON if the path ends in `.json`, TOML if it ends in `.toml`, otherwise YAML.
    ///
    /// - Parameters:
    ///   - bytes: the file's bytes.
    ///   - path: the path, which determines the language and names the file in errors.
    /// - Throws: `SnapshotError` with `syntax`.
    public init(reading bytes: [UInt8], path: String) throws(SnapshotError) {
        guard !DocumentValue.isTOML(path) else {
            self = try TOMLReader.reading(bytes, path).value
            return
        }
        self =
            path.hasByteSuffix(".json") ? try JSONReader.value(of: bytes, path) : try YAMLReader.value(of: bytes, path)
    }

    /// Whether the file name is that of a TOML file.
    static func isTOML(_ path: String) -> Bool { path.utf8.suffix(5).elementsEqual(".toml".utf8) }

    /// The value as YAML in block style, with a newline at the end; equal values have equal bytes.
    public var yaml: String { YAMLWriter.text(of: self) }
}
