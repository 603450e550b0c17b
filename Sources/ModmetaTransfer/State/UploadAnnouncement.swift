internal import ModmetaFormats

/// What an agent says of the object it is uploading, for those of the same repository.
struct UploadAnnouncement: Sendable {
    /// The store it goes to, by a hash of the store's id.
    var store: UInt64
    /// Where it comes in history; what history does not know comes last.
    var place: UInt64
    /// Whether it is being encoded, and waits for nobody any more.
    var hasBegun = false
    /// What its tensors hold.
    var sample: ContentSample
    /// Its features; an opaque file has none.
    var sketch: Sketch

    private static let magic = Array("MMUP".utf8)
    private static let version: UInt8 = 2
    /// Where the hashes of the sample begin, after their number.
    private static let sampleStart = 4 + 1 + 1 + 8 + 8 + 1
    /// The longest announcement, in bytes.
    static let sizeLimit = sampleStart + 8 * ContentSample.limit + Sketch.sizeLimit

    /// Announces an object.
    init(_ object: ObjectID, layout: Layout, sample: ContentSample, place: UInt64?, storeID: String) {
        self.sample = sample
        store = Self.number(SHA256.hash(Array(storeID.utf8)).bytes[..<8])
        self.place = place ?? .max
        sketch = Sketch(object: object, size: layout.size, stored: 0, features: Sketch.features(of: layout))
    }

    /// The one order of all objects: by history, then by name.
    static func precedes(_ left: UploadAnnouncement, _ right: UploadAnnouncement) -> Bool {
        (left.place, left.sketch.object) < (right.place, right.sketch.object)
    }

    /// The bytes others read.
    func serialized() -> [UInt8] {
        Self.magic + [Self.version, hasBegun ? 1 : 0] + Self.bytes(store) + Self.bytes(place)
            + [UInt8(sample.hashes.count)] + sample.hashes.flatMap(Self.bytes) + sketch.serialized()
    }

    /// Reads an announcement; nil where it is none, or not whole yet.
    init?(parsing bytes: [UInt8]) {
        guard bytes.count > Self.sampleStart, bytes.starts(with: Self.magic + [Self.version]), bytes[5] <= 1,
            case let end = Self.sampleStart + 8 * Int(bytes[Self.sampleStart - 1]), bytes.count > end,
            let sample = ContentSample(
                hashes: stride(from: Self.sampleStart, to: end, by: 8).map { Self.number(bytes[$0..<$0 + 8]) }),
            let sketch = try? Sketch(parsing: Array(bytes[end...]))
        else { return nil }
        hasBegun = bytes[5] == 1
        store = Self.number(bytes[6..<14])
        place = Self.number(bytes[14..<22])
        self.sample = sample
        self.sketch = sketch
    }

    private static func bytes(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
