internal import ModmetaFormats

// The layout is docs/formats/dataset.md.

extension DatasetManifest {
    private static let magic = Array("MMDR".utf8)
    private static let version: UInt8 = 1
    /// The bytes of the header: magic, version, kind, two zero bytes, four numbers, and the digest of the data.
    private static let headerLength = 4 + 4 + 4 * 8 + Digest.byteCount

    /// The file's bytes.
    public var serialized: [UInt8] {
        var bytes = DatasetManifest.magic + [DatasetManifest.version, kind.rawValue, 0, 0]
        for number in [byteCount, recordCount, threshold, UInt64(records.count)] {
            bytes += withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
        bytes += digest.bytes
        bytes.reserveCapacity(bytes.count + 8 * records.count + Digest.byteCount)
        for record in records { withUnsafeBytes(of: record.bigEndian) { bytes += $0 } }
        return bytes + SHA256.hash(bytes).bytes
    }

    /// Reads the 8-byte big-endian number at an offset.
    private static func number(at place: Int, in bytes: [UInt8]) -> UInt64 {
        var number: UInt64 = 0
        for byte in bytes[place..<place + 8] { number = number << 8 | UInt64(byte) }
        return number
    }

    /// Parses a manifest.
    ///
    /// - Parameter path: the source of the bytes, for errors.
    /// - Throws: `SnapshotError` with `document`.
    public init(parsing bytes: [UInt8], path: String) throws(SnapshotError) {
        func violation(_ what: String) -> SnapshotError {
            SnapshotError(.document, "\(path) is not a list of data set records: \(what)")
        }
        let length = DatasetManifest.headerLength
        guard bytes.count >= length + Digest.byteCount, bytes.starts(with: DatasetManifest.magic) else {
            throw violation("its magic is missing")
        }
        guard bytes[4] == DatasetManifest.version else {
            throw violation("it has version \(bytes[4]), which this program does not know: use a newer modmeta")
        }
        guard let kind = Kind(rawValue: bytes[5]), bytes[6] == 0, bytes[7] == 0 else {
            throw violation("its kind is unknown")
        }
        var numbers: [UInt64] = []
        for index in 0..<4 { numbers.append(DatasetManifest.number(at: 8 + 8 * index, in: bytes).byteSwapped) }
        let count = numbers[3]
        guard count <= UInt64(DatasetManifest.limit) * 2, count <= numbers[1],
            bytes.count == length + 8 * Int(count) + Digest.byteCount
        else { throw violation("its length does not match its header") }
        let end = bytes.count - Digest.byteCount
        guard SHA256.hash(Array(bytes[..<end])).bytes.elementsEqual(bytes[end...]),
            let digest = Digest(bytes: Array(bytes[40..<length]))
        else { throw violation("its checksum does not match") }
        var records: [UInt64] = []
        records.reserveCapacity(Int(count))
        for index in 0..<Int(count) {
            records.append(DatasetManifest.number(at: length + 8 * index, in: bytes))
        }
        guard zip(records, records.dropFirst()).allSatisfy({ $0 <= $1 }), (records.last ?? 0) <= numbers[2] else {
            throw violation("its digests are not in order")
        }
        self.init(
            kind: kind, digest: digest, byteCount: numbers[0], recordCount: numbers[1], threshold: numbers[2],
            records: records)
    }
}
