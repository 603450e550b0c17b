public import ModmetaFormats

/// Which records a data set has, as short digests: docs/formats/dataset.md.
public struct DatasetManifest: Hashable, Sendable {
    /// What a record is.
    public enum Kind: UInt8, Sendable {
        /// A line of a text file.
        case lines = 1
        /// A file of a directory.
        case files = 2
        /// The whole file.
        case whole = 3
    }

    /// Where manifests lie in a repository.
    public static let directory = ".modmeta/datasets"
    /// The most digests that are kept.
    public static let limit = 1 << 20

    /// What a record is.
    public let kind: Kind
    /// The SHA-256 that names the data set.
    public let digest: Digest
    /// The bytes of the data set.
    public let byteCount: UInt64
    /// The records of the data set.
    public let recordCount: UInt64
    /// The digests of all records whose digest is at most this.
    public let threshold: UInt64
    /// Those digests, ascending; equal records count each.
    public let records: [UInt64]

    init(
        kind: Kind, digest: Digest, byteCount: UInt64, recordCount: UInt64, threshold: UInt64, records: [UInt64]
    ) {
        (self.kind, self.digest, self.byteCount, self.recordCount) = (kind, digest, byteCount, recordCount)
        (self.threshold, self.records) = (threshold, records)
    }

    /// Where the manifest lies in a repository.
    public var path: String { "\(DatasetManifest.directory)/\(digest.hex)" }
    /// Whether every record is in it, and not only a sample.
    public var isWhole: Bool { threshold == .max }
}

extension DatasetManifest {
    /// What two data sets have in common.
    public struct Overlap: Hashable, Sendable {
        /// The share of the older set's records that the newer has too, between 0 and 1; 1 for an empty older one.
        public var retained: Double
        /// The share of the newer set's records that the older has not, between 0 and 1; 0 for an empty newer one.
        public var added: Double
        /// Whether every record was compared, and not only a sample.
        public var isExact: Bool
    }

    /// Compares this data set with a newer one; equal records count as often as they occur.
    ///
    /// - Returns: nil where their records are of different kinds.
    public func overlap(with newer: DatasetManifest) -> Overlap? {
        guard kind == newer.kind else { return nil }
        // Below both thresholds both manifests are whole.
        let common = min(threshold, newer.threshold)
        let (left, right) = (records.prefix { $0 <= common }, newer.records.prefix { $0 <= common })
        var shared = 0
        var (i, j) = (left.startIndex, right.startIndex)
        while i < left.endIndex, j < right.endIndex {
            if left[i] == right[j] {
                shared += 1
                i += 1
                j += 1
            } else if left[i] < right[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return Overlap(
            retained: left.isEmpty ? 1 : Double(shared) / Double(left.count),
            added: right.isEmpty ? 0 : 1 - Double(shared) / Double(right.count), isExact: isWhole && newer.isWhole)
    }
}
