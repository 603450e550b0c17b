/// Reads the layout of NumPy's files: one array (`.npy`) or a zip archive of arrays (`.npz`).
///
/// The rules are docs/formats/numpy.md.
public enum NumPyLayout {
    /// The tensor name in a file that holds one array.
    static let onlyName = "array"
    private static let suffix = ".npy"

    /// Reads a file that holds one array.
    ///
    /// - Throws: `FormatError` if a rule is broken, and the errors of the source.
    public static func parse(_ source: some ByteSource) throws -> Layout {
        let tensor = try tensor(named: onlyName, in: 0..<source.size, of: source)
        let layout = Layout(format: .npy, size: source.size, tensors: [tensor])
        try layout.validate()
        return layout
    }

    /// Whether an archive holds only arrays.
    static func holdsArrays(_ directory: ZipDirectory) -> Bool {
        !directory.entries.isEmpty && directory.entries.allSatisfy { $0.name.hasByteSuffix(suffix) }
    }

    static func parse(_ directory: ZipDirectory, _ source: some ByteSource) throws -> Layout {
        var layout = Layout(format: .npz, size: source.size, tensors: [])
        for entry in directory.entries {
            let range = try directory.data(of: entry, in: source)
            layout.tensors.append(
                try tensor(
                    named: String(decoding: entry.name.utf8.dropLast(suffix.utf8.count), as: UTF8.self), in: range,
                    of: source))
        }
        layout.tensors.sort {
            ($0.range.lowerBound, $0.range.upperBound, ByteString($0.name))
                < ($1.range.lowerBound, $1.range.upperBound, ByteString($1.name))
        }
        try layout.validate()
        return layout
    }

    private static func tensor(
        named name: String, in range: Range<UInt64>, of source: some ByteSource
    ) throws -> Layout.Tensor {
        let header = try NumPyHeader(parsing: source, in: range)
        let start = range.lowerBound + header.dataOffset
        guard let length = header.length, length == range.upperBound - start else {
            throw FormatError(
                .malformed,
                "the array \(QuotedName(name)) has \(range.upperBound - start) bytes, which do not match its shape",
                offset: start)
        }
        return Layout.Tensor(
            name: name, dtype: header.type.dtype, element: header.type.element, shape: header.shape,
            range: start..<range.upperBound)
    }
}
