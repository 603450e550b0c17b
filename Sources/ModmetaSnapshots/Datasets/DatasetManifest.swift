public import ModmetaFormats

/// The records of a data set, as short digests; see docs/formats/dataset.md.
public struct DatasetManifest: Hashable, Sendable {
    /// The kind of a record.
    public enum Kind: UInt8, Sendable {
        /// A line of a text file.
        case lines = 1
        /// A file of a directory.
        case files = 2
        /// The whole file.
        case whole = 3
    }

    /// The directory of manifests in a repository.
    public static let directory = ".modmeta/datasets"
    /// The most digests that a manifest stores.
    public static let limit = 1 << 20

    /// The kind of the records.
    public let kind: Kind
    /// The SHA-256 that identifies the data set.
    public let digest: Digest
    /// The bytes of the data set.
    public let byteCount: UInt64
    /// The number of records of the data set.
    public let recordCount: UInt64
    /// The manifest stores all record digests up to this one.
    public let threshold: UInt64
    /// The stored digests, ascending; equal records are repeated.
    public let records: [UInt64]

    init(
        kind: Kind, digest: Digest, byteCount: UInt64, recordCount: UInt64, threshold: UInt64, records: [UInt64]
    ) {
        (self.kind, self.digest, self.byteCount, self.recordCount) = (kind, digest, byteCount, recordCount)
        (self.threshold, self.records) = (threshold, records)
    }

    /// The path of the manifest in a repository.
    public var path: String { "\(DatasetManifest.directory)/\(digest.hex)" }
    /// Whether the manifest has every record, not only a sample.
    public var isWhole: Bool { threshold == .max }
}

extension DatasetManifest {
    /// The overlap of two data sets.
    public struct Overlap: Hashable, Sendable {
        /// The share of the older set's records that are in the newer one, from 0 to 1; 1 for an empty older set.
        public var retained: Double
        /// The share of the newer set's records that are not in the older one, from 0 to 1; 0 for an empty newer set.
        public var added: Double
        /// Whether every record was compared, not only a sample.
        public var isExact: Bool
    }

    /// Compares this data set with a newer one; equal records count as often as they occur.
    ///
    /// - Returns: nil if the records are of different kinds.
    public func overlap(with newer: DatasetManifest) -> Overlap? {
        guard kind == newer.kind else { return nil }
        // Below both thresholds, both manifests are complete.
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
