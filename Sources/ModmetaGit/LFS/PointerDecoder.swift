internal import ModmetaFormats

/// Reads the text of a pointer exactly as git-lfs does, which takes more than its specification allows.
///
/// White space around the text does not count, nor do empty lines and a carriage return at the end of a line. Then come
/// `version`, `oid` and `size`, in this order and nothing after them; before each there may be extensions.
struct PointerDecoder {
    /// The keys, in their order.
    private static let keys = ["version", "oid", "size"]
    /// What follows the keys that were read so far.
    private var values: [ArraySlice<UInt8>] = []
    /// Extensions by the bytes of their keys; of two with the same key, the later one counts.
    private var extensions: [[UInt8]: (value: ArraySlice<UInt8>, offset: UInt64)] = [:]

    /// Reads a pointer.
    mutating func decode(_ source: some Collection<UInt8>) throws(FormatError) -> LFSPointer {
        guard source.count < LFSBlob.byteLimit else {
            throw FormatError(.limitExceeded, "a pointer has fewer than \(LFSBlob.byteLimit) bytes", offset: 0)
        }
        let bytes = Array(source)
        let text = GoText.trimmed(bytes)
        var offsets: [UInt64] = []
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let offset = UInt64(line.startIndex)
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if !line.isEmpty, try take(line, at: offset) { offsets.append(offset) }
        }
        guard values.count == Self.keys.count else {
            throw FormatError(
                .truncated, "the pointer ends before its \(Self.keys[values.count])", offset: UInt64(text.endIndex))
        }
        guard LFSPointer.versions.contains(where: { $0.utf8.elementsEqual(values[0]) }) else {
            throw FormatError(.unsupportedVersion, "the pointer's version is not a known one", offset: offsets[0])
        }
        let object = try Self.object(values[1], at: offsets[1])
        guard let size = GoText.integer(values[2]), size >= 0 else {
            throw FormatError(.malformed, "the pointer's size is not a number of bytes", offset: offsets[2])
        }
        try checkExtensions()
        return LFSPointer(object: object, size: UInt64(size))
    }

    /// Takes a line.
    ///
    /// - Returns: whether it is one of the three, and not an extension.
    private mutating func take(_ line: ArraySlice<UInt8>, at offset: UInt64) throws(FormatError) -> Bool {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else {
            throw FormatError(.malformed, "the pointer has a line that is not a key and a value", offset: offset)
        }
        guard values.count < Self.keys.count else {
            throw FormatError(.malformed, "the pointer goes on after its size", offset: offset)
        }
        let (key, value) = (line[..<space], line[(space + 1)...])
        if key.elementsEqual(Self.keys[values.count].utf8) {
            values.append(value)
            return true
        }
        guard Self.isExtension(key) else {
            throw FormatError(
                .malformed, "the pointer has another key in place of its \(Self.keys[values.count])", offset: offset)
        }
        extensions[Array(key)] = (value, offset)
        return false
    }

    /// Whether a key begins with `ext-`, a digit, a hyphen and a letter, digit or underscore.
    private static func isExtension(_ key: ArraySlice<UInt8>) -> Bool {
        guard key.starts(with: "ext-".utf8) else { return false }
        let rest = Array(key.dropFirst(4).prefix(3))
        guard rest.count == 3, rest[1] == UInt8(ascii: "-") else { return false }
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(rest[2] | 0x20)
        return GoText.isDigit(rest[0]) && (isLetter || GoText.isDigit(rest[2]) || rest[2] == UInt8(ascii: "_"))
    }

    private func checkExtensions() throws(FormatError) {
        var priorities: Set<UInt8> = []
        for (key, (value, offset)) in extensions {
            _ = try Self.object(value, at: offset)
            guard priorities.insert(key[4]).inserted else {
                throw FormatError(.malformed, "two of the pointer's extensions have one priority", offset: offset)
            }
        }
    }

    private static func object(_ value: ArraySlice<UInt8>, at offset: UInt64) throws(FormatError) -> ObjectID {
        guard value.starts(with: "sha256:".utf8),
            let object = ObjectID(hex: String(decoding: value.dropFirst(7), as: UTF8.self))
        else { throw FormatError(.malformed, "the pointer's oid is not sha256: and 64 digits", offset: offset) }
        return object
    }
}
