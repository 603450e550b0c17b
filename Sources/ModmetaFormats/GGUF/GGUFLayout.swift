/// Reads the layout of a GGUF file, versions 2 and 3, little-endian.
///
/// The rules are docs/formats/gguf.md.
public enum GGUFLayout {
    /// The magic.
    static let magic = Array("GGUF".utf8)
    /// The most bytes of metadata and tensor table that are read.
    public static let headLimit: UInt64 = 256 << 20
    private static let firstRead: UInt64 = 1 << 20

    /// Reads the tensors of a file.
    ///
    /// - Throws: `FormatError` if a rule is broken or a limit exceeded, and the errors of the source.
    public static func parse(_ source: some ByteSource) throws -> Layout { try read(source).layout }

    /// Reads the tensors of a file and, for a part of a split model, which part it is.
    ///
    /// - Throws: the errors of `parse`.
    public static func read(_ source: some ByteSource) throws -> (layout: Layout, split: GGUFSplit?) {
        // The head does not declare its length, so read more until it is complete.
        var length = min(source.size, firstRead)
        while true {
            do {
                return try parse(head: try source.read(0..<length), fileSize: source.size)
            } catch let error as FormatError where error.code == .truncated && length < source.size {
                guard length < headLimit else {
                    throw FormatError(
                        .limitExceeded,
                        "metadata and table of tensors take more than \(headLimit) bytes",
                        offset: headLimit)
                }
                length = min(source.size, length * 4)
            }
        }
    }

    private static func parse(
        head: [UInt8], fileSize: UInt64
    ) throws(FormatError) -> (layout: Layout, split: GGUFSplit?) {
        var reader = ByteReader(head)
        guard try reader.slice(4, "the head").elementsEqual(magic) else {
            throw FormatError(.malformed, "the file does not start with GGUF", offset: 0)
        }
        let version = try reader.uint32("the version")
        guard version == 0 || version & 0xFFFF != 0 else {
            throw FormatError(.unsupportedVersion, "the file is in big-endian byte order", offset: 4)
        }
        guard version == 2 || version == 3 else {
            throw FormatError(.unsupportedVersion, "the file has GGUF version \(version); 2 and 3 are known", offset: 4)
        }
        let tensorCount = try reader.uint64("the number of tensors")
        let pairCount = try reader.uint64("the number of key-value pairs")
        let metadata = try GGUFMetadata(parsing: &reader, count: pairCount)
        guard tensorCount <= UInt64(reader.remaining / GGUFTensorInfo.minimumLength) else {
            throw FormatError(.truncated, "the file is too short for its \(tensorCount) tensors", offset: reader.offset)
        }
        var infos: [GGUFTensorInfo] = []
        infos.reserveCapacity(Int(tensorCount))
        for _ in 0..<tensorCount { infos.append(try GGUFTensorInfo(parsing: &reader)) }
        let start = aligned(reader.offset, to: metadata.alignment)
        return (try place(infos, dataStart: start, metadata, fileSize), GGUFSplit(metadata))
    }

    private static func place(
        _ infos: [GGUFTensorInfo], dataStart: UInt64, _ metadata: GGUFMetadata, _ fileSize: UInt64
    ) throws(FormatError) -> Layout {
        var layout = Layout(format: .gguf, size: fileSize, tensors: [])
        for info in infos {
            guard info.dataOffset.isMultiple(of: metadata.alignment) else {
                throw FormatError(
                    .malformed,
                    "the tensor \(QuotedName(info.name)) starts at byte \(info.dataOffset) of the data, "
                        + "not a multiple of \(metadata.alignment)",
                    offset: info.place)
            }
            let (start, startOverflow) = dataStart.addingReportingOverflow(info.dataOffset)
            let (end, endOverflow) = start.addingReportingOverflow(info.length)
            guard !startOverflow, !endOverflow, end <= fileSize else {
                throw FormatError(
                    .malformed, "the tensor \(QuotedName(info.name)) extends past the end of the file",
                    offset: info.place)
            }
            layout.tensors.append(
                Layout.Tensor(
                    name: info.name, dtype: info.type.name, element: info.type.element, shape: info.shape,
                    range: start..<end))
        }
        layout.tensors.sort {
            ($0.range.lowerBound, $0.range.upperBound, ByteString($0.name))
                < ($1.range.lowerBound, $1.range.upperBound, ByteString($1.name))
        }
        try layout.validate()
        return layout
    }

    /// The next multiple of a power of two; cannot overflow, because the head is short.
    private static func aligned(_ offset: UInt64, to alignment: UInt64) -> UInt64 {
        (offset + alignment - 1) & ~(alignment - 1)
    }
}
