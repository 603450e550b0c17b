internal import ModmetaFormats

extension DocumentValue {
    /// Reads a configuration file: JSON where the path ends in `.json`, YAML otherwise.
    ///
    /// - Parameters:
    ///   - bytes: the file's bytes.
    ///   - path: the path, by which the language is told and errors name the file.
    /// - Throws: `SnapshotError` with `syntax`.
    public init(reading bytes: [UInt8], path: String) throws(SnapshotError) {
        self =
            path.hasByteSuffix(".json") ? try JSONReader.value(of: bytes, path) : try YAMLReader.value(of: bytes, path)
    }

    /// The value as YAML in block style, with a newline at its end; equal values give equal bytes.
    public var yaml: String { YAMLWriter.text(of: self) }
}
