internal import ModmetaFormats

extension LocalFile {
    /// Reads what the file holds; a file that breaks the rules of its format is opaque.
    func layout() throws -> Layout { try layoutReading().layout }

    /// Reads what the file holds, and which rule it breaks if it is not what it looks like.
    func layoutReading() throws -> Layout.Reading {
        let prefix = try read(at: 0, count: Int(min(size, UInt64(Layout.Format.sniffLength))))
        guard Layout.Format.sniff(prefix: prefix, fileSize: size) == .safetensors,
            let length = try? SafetensorsLayout.headerLength(prefix: prefix, fileSize: size)
        else { return Layout.Reading(layout: .opaque(size: size)) }
        let header = try read(at: 0, count: SafetensorsLayout.prefixLength + Int(length))
        return Layout.read(header: header, fileSize: size)
    }
}
