public import ModmetaFormats

/// What the bytes of a blob are to git-lfs.
///
/// All who come upon a blob ask here.
public enum LFSBlob: Hashable, Sendable {
    /// Git-lfs puts an object in its place.
    case pointer(LFSPointer)
    /// Git-lfs leaves it alone, and it speaks of no object.
    case content
    /// Git-lfs leaves it alone, though it was a pointer once, or quotes one: it has a pointer's version and the names of objects.
    ///
    /// Neither may its objects be taken for unneeded, nor the file for one that a reader can use.
    case damaged(objects: Set<ObjectID>, reason: FormatError)

    /// A pointer is shorter than this many bytes, even one that is damaged.
    public static let byteLimit = 1024
    /// The sizes of all blobs that may be pointers, even damaged ones, which have a version and an object.
    private static let sizes = UInt64(leastVersion + 7 + 64)..<UInt64(byteLimit)
    private static let leastVersion = LFSPointer.versions.map(\.utf8.count).min() ?? 0

    /// Whether a blob of this size may be anything but content.
    public static func isCandidate(size: UInt64) -> Bool { sizes.contains(size) }

    /// Says what the bytes are.
    public init(_ bytes: some Collection<UInt8>) {
        guard LFSBlob.isCandidate(size: UInt64(bytes.count)) else {
            self = .content
            return
        }
        do {
            self = .pointer(try LFSPointer(parsing: bytes))
        } catch {
            let text = String(decoding: bytes, as: UTF8.self)
            let objects = LFSBlob.objects(in: Array(bytes))
            let isVersioned = LFSPointer.versions.contains { text.hasBytes(of: $0) }
            self = isVersioned && !objects.isEmpty ? .damaged(objects: objects, reason: error) : .content
        }
    }

    /// The pointer, if it is a sound one.
    public var pointer: LFSPointer? { if case .pointer(let pointer) = self { pointer } else { nil } }

    /// The objects that are needed if the blob is.
    public var objects: Set<ObjectID> {
        switch self {
        case .pointer(let pointer): [pointer.object]
        case .damaged(let objects, _): objects
        case .content: []
        }
    }

    /// What is after `sha256:`, in digits of either case.
    private static func objects(in bytes: [UInt8]) -> Set<ObjectID> {
        var objects: Set<ObjectID> = []
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: ":") {
            guard bytes[..<index].suffix(6).elementsEqual("sha256".utf8) else { continue }
            let digits = String(decoding: bytes[(index + 1)...].prefix(64), as: UTF8.self).lowercased()
            if let object = ObjectID(hex: digits) { objects.insert(object) }
        }
        return objects
    }
}
