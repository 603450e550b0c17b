extension Layout {
    /// The layout of a file, and why it is not a better one.
    public struct Reading: Hashable, Sendable {
        /// The layout; an opaque one if the file breaks the rules of the format it looks like.
        public var layout: Layout
        /// The rule that is broken, or nil.
        public var violation: FormatError?

        /// Creates a reading.
        public init(layout: Layout, violation: FormatError? = nil) {
            self.layout = layout
            self.violation = violation
        }
    }

    /// Reads the layout of a file of any format.
    ///
    /// - Parameters:
    ///   - header: the start of the file: 9 bytes at least where the file has them; for a file that
    ///     `Format.sniff(prefix:fileSize:)` calls safetensors, the first 8 + N bytes.
    ///   - fileSize: the size of the file in bytes.
    public static func read(header: [UInt8], fileSize: UInt64) -> Reading {
        switch Format.sniff(prefix: header, fileSize: fileSize) {
        case .opaque: return Reading(layout: .opaque(size: fileSize))
        case .safetensors:
            do {
                return Reading(layout: try SafetensorsLayout.parse(header: header, fileSize: fileSize))
            } catch {
                return Reading(layout: .opaque(size: fileSize), violation: error)
            }
        }
    }
}

extension Layout.Format {
    /// The bytes `sniff(prefix:fileSize:)` looks at.
    public static let sniffLength = SafetensorsLayout.prefixLength + 1

    /// Tells the format of a file by its first bytes; git-lfs gives no file name to tell it by.
    ///
    /// - Parameters:
    ///   - prefix: the first `sniffLength` bytes of the file or more, fewer only where the file has fewer.
    ///   - fileSize: the size of the file in bytes.
    public static func sniff(prefix: [UInt8], fileSize: UInt64) -> Layout.Format {
        guard prefix.count >= sniffLength, prefix[SafetensorsLayout.prefixLength] == UInt8(ascii: "{"),
            let length = try? SafetensorsLayout.headerLength(prefix: prefix, fileSize: fileSize), length >= 2
        else { return .opaque }
        return .safetensors
    }
}
