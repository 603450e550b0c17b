internal import ModmetaFormats

// The layout is docs/formats/dataset.md.

extension DatasetManifest {
    private static let magic = Array("MMDR".utf8)
    private static let version: UInt8 = 1
    /// Magic, version, kind, two zero bytes, four numbers, the digest of the data.
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

    /// The big-endian number of 8 bytes at a place.
    private static func number(at place: Int, in bytes: [UInt8]) -> UInt64 {
        var number: UInt64 = 0
        for byte in bytes[place..<place + 8] { number = number << 8 | UInt64(byte) }
        return number
    }

    /// Reads a manifest.
    ///
    /// - Parameter path: where the bytes are from, for errors.
    /// - Throws: `SnapshotError` with `document`.
    public init(parsing bytes: [UInt8], path: String) throws(SnapshotError) {
        func violation(_ what: String) -> SnapshotError {
            SnapshotError(.document, "\(path) is no list of a data set's records: \(what)")
        }
        let length = DatasetManifest.headerLength
        guard bytes.count >= length + Digest.byteCount, bytes.starts(with: DatasetManifest.magic) else {
            throw violation("it does not begin as one")
        }
        guard bytes[4] == DatasetManifest.version else {
            throw violation("it has version \(bytes[4]), which this program does not know: use a newer modmeta")
        }
        guard let kind = Kind(rawValue: bytes[5]), bytes[6] == 0, bytes[7] == 0 else {
            throw violation("its kind is not known")
        }
        var numbers: [UInt64] = []
        for index in 0..<4 { numbers.append(DatasetManifest.number(at: 8 + 8 * index, in: bytes).byteSwapped) }
        let count = numbers[3]
        guard count <= UInt64(DatasetManifest.limit) * 2, count <= numbers[1],
            bytes.count == length + 8 * Int(count) + Digest.byteCount
        else { throw violation("its length is not the one it states") }
        let end = bytes.count - Digest.byteCount
        guard SHA256.hash(Array(bytes[..<end])).bytes.elementsEqual(bytes[end...]),
            let digest = Digest(bytes: Array(bytes[40..<length]))
        else { throw violation("it is damaged") }
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
