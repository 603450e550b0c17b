public import ModmetaFormats

/// What Git stores in place of an LFS object: its name and size, as a short text.
///
/// The format is that of git-lfs's docs/spec.md: lines `{key} {value}\n`, the version first, the other keys in ascending
/// order. Read with what git-lfs itself reads beyond it (a carriage return before a newline, no newline at the end, the
/// versions' former names), because a pointer overlooked is a push without its weights.
public struct LFSPointer: Hashable, Sendable {
    /// The object's name.
    public var object: ObjectID
    /// The object's size in bytes.
    public var size: UInt64

    /// A pointer is shorter than this many bytes.
    public static let byteLimit = 1024
    /// No pointer is shorter than this many bytes.
    public static let leastByteCount = 114

    private static let version = "https://git-lfs.github.com/spec/v1"
    private static let formerVersions = ["https://hawser.github.com/spec/v1", "http://git-media.io/v/2"]

    /// Creates a pointer.
    public init(object: ObjectID, size: UInt64) {
        self.object = object
        self.size = size
    }

    /// Reads a pointer.
    ///
    /// - Throws: `FormatError` when the bytes are not those of a pointer.
    public init(parsing bytes: some Collection<UInt8>) throws(FormatError) {
        guard bytes.count < LFSPointer.byteLimit else {
            throw FormatError(.limitExceeded, "a pointer has fewer than \(LFSPointer.byteLimit) bytes", offset: 0)
        }
        var offset: UInt64 = 0
        var lastKey: String?
        var oid: ObjectID?
        var size: UInt64?
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            let (key, value) = try LFSPointer.field(line, at: offset)
            switch key {
            case _ where lastKey == nil:
                try LFSPointer.checkVersion(key, value)
            case _ where key == "version" || lastKey != "version" && key <= lastKey ?? "":
                throw FormatError(.malformed, "the pointer's keys are not in ascending order", offset: offset)
            case "oid":
                guard value.hasPrefix("sha256:"), let digest = ObjectID(hex: value.dropFirst(7)) else {
                    throw FormatError(.malformed, "the pointer's oid is not sha256: and 64 digits", offset: offset)
                }
                oid = digest
            case "size":
                guard let number = LFSPointer.byteCount(value) else {
                    throw FormatError(.malformed, "the pointer's size is not a number of bytes", offset: offset)
                }
                size = number
            default: break
            }
            lastKey = key
            offset += UInt64(line.count) + 1
        }
        guard let oid, let size else {
            throw FormatError(.truncated, "the pointer ends before its oid and size", offset: UInt64(bytes.count))
        }
        self.init(object: oid, size: size)
    }

    /// The canonical bytes, whose Git blob every writer of this pointer makes.
    public func serialized() -> [UInt8] {
        Array("version \(LFSPointer.version)\noid sha256:\(object.hex)\nsize \(size)\n".utf8)
    }

    private static func checkVersion(_ key: String, _ value: String) throws(FormatError) {
        guard key == "version" else { throw FormatError(.malformed, "a pointer starts with its version", offset: 0) }
        guard value == version || formerVersions.contains(value) else {
            throw FormatError(.unsupportedVersion, "the pointer's version is not a known one", offset: 0)
        }
    }

    private static func byteCount(_ value: String) -> UInt64? {
        // UInt64.init takes a sign, which the format does not have; git-lfs keeps sizes in 63 bits.
        guard value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt64(value).flatMap { $0 <= UInt64(Int64.max) ? $0 : nil }
    }

    private static func field(
        _ line: some Collection<UInt8>, at offset: UInt64
    ) throws(FormatError) -> (key: String, value: String) {
        var bytes = Array(line)
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), space > 0,
            bytes[..<space].allSatisfy(isKeyByte), let value = String(validating: bytes[(space + 1)...], as: UTF8.self)
        else { throw FormatError(.malformed, "the pointer has a line that is not a key and a value", offset: offset) }
        return (String(decoding: bytes[..<space], as: UTF8.self), value)
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
