internal import ModmetaFormats

extension DocumentValue {
    /// Reads a configuration file: JSON where the path ends in `.json`, TOML where it ends in `.toml`, YAML otherwise.
    ///
    /// - Parameters:
    ///   - bytes: the file's bytes.
    ///   - path: the path, by which the language is told and errors name the file.
    /// - Throws: `SnapshotError` with `syntax`.
    public init(reading bytes: [UInt8], path: String) throws(SnapshotError) {
        guard !DocumentValue.isTOML(path) else {
            self = try TOMLReader.reading(bytes, path).value
            return
        }
        self =
            path.hasByteSuffix(".json") ? try JSONReader.value(of: bytes, path) : try YAMLReader.value(of: bytes, path)
    }

    /// Whether the file at a path is TOML by its name.
    static func isTOML(_ path: String) -> Bool { path.utf8.suffix(5).elementsEqual(".toml".utf8) }

    /// The value as YAML in block style, with a newline at its end; equal values give equal bytes.
    public var yaml: String { YAMLWriter.text(of: self) }
}
