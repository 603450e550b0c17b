extension Layout {
    /// Another name for the bytes of a tensor in the layout.
    public struct Alias: Hashable, Sendable {
        /// The other name.
        public var name: String
        /// The name of the tensor in the layout.
        public var tensor: String

        /// Creates an alias.
        public init(name: String, tensor: String) {
            self.name = name
            self.tensor = tensor
        }
    }

    /// The layout of a file, and the reason if it is opaque.
    public struct Reading: Hashable, Sendable {
        /// The layout; opaque if the file breaks the rules of its format.
        public var layout: Layout
        /// The broken rule, or the reason why a known kind of file is opaque, or nil.
        public var violation: FormatError?
        /// Tensors that share the bytes of others.
        public var aliases: [Alias]

        /// Creates a reading.
        public init(layout: Layout, violation: FormatError? = nil, aliases: [Alias] = []) {
            self.layout = layout
            self.violation = violation
            self.aliases = aliases
        }
    }

    /// Reads the layout of a file of any format.
    ///
    /// - Throws: the errors of the source; a file that breaks the rules of its format is opaque, which is not an error.
    public static func read(_ source: some ByteSource) throws -> Reading {
        let prefix = try source.read(0..<min(source.size, UInt64(FileKind.sniffLength)))
        do {
            switch FileKind(prefix: prefix, fileSize: source.size) {
            case .safetensors:
                let length = try SafetensorsLayout.headerLength(prefix: prefix, fileSize: source.size)
                let header = try source.read(0..<UInt64(SafetensorsLayout.prefixLength) + length)
                return Reading(layout: try SafetensorsLayout.parse(header: header, fileSize: source.size))
            case .zip:
                let archives = try ZipSeries.archives(in: source)
                if archives.count > 1 { return try DistcpLayout.parse(archives, source) }
                let directory = try ZipDirectory(parsing: source)
                return NumPyLayout.holdsArrays(directory)
                    ? Reading(layout: try NumPyLayout.parse(directory, source))
                    : try PyTorchLayout.parse(directory, source)
            case .gguf: return Reading(layout: try GGUFLayout.parse(source))
            case .npy: return Reading(layout: try NumPyLayout.parse(source))
            case .known(let reason):
                return Reading(
                    layout: .opaque(size: source.size), violation: FormatError(.unsupportedVersion, reason, offset: 0))
            case .unknown: return Reading(layout: .opaque(size: source.size))
            }
        } catch let error as FormatError {
            return Reading(layout: .opaque(size: source.size), violation: error)
        }
    }
}
