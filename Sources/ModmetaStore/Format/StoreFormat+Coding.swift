public import ModmetaFormats

extension StoreFormat {
    /// Parses a format document of at most `byteLimit` bytes.
    ///
    /// - Throws: `.unsupportedVersion` if it declares another version than `currentVersion`, whatever follows, or
    ///   requires of readers what this program does not know.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= StoreFormat.byteLimit else {
            throw FormatError(
                .limitExceeded, "a store's format document has more than \(StoreFormat.byteLimit) bytes", offset: 0)
        }
        guard bytes.last == UInt8(ascii: "\n") else {
            throw FormatError(
                .truncated, "a store's format document does not end with a line feed", offset: UInt64(bytes.count))
        }
        var id: ID?
        var epoch: UInt64?
        var extras: [Extra] = []
        var start = 0
        for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let (key, value) = try StoreFormat.parts(line, offset: start)
            switch key {
            case "version" where start == 0:
                try StoreFormat.checkVersion(value)
            case _ where start == 0:
                throw StoreFormat.malformed("the first line does not begin with `version`", start)
            case "id" where id == nil:
                id = ID(hex: value)
                guard id != nil else {
                    throw StoreFormat.malformed("the id is not 32 lower-case hexadecimal digits", start)
                }
            case "epoch" where epoch == nil:
                epoch = UInt64(value)
                guard let epoch, String(epoch).hasSameBytes(as: value) else {
                    throw StoreFormat.malformed("the epoch is not a decimal number", start)
                }
            case "version", "id", "epoch":
                throw StoreFormat.malformed("`\(key)` is there twice", start)
            default:
                extras.append(Extra(key: key.text, value: value))
            }
            start += line.count + 1
        }
        guard let id, let epoch else {
            throw StoreFormat.malformed("the line `\(id == nil ? "id" : "epoch")` is missing", bytes.count)
        }
        self.init(id: id, epoch: epoch, extras: extras)
        if let unknown = unknownFeature(forWriting: false) {
            throw FormatError(.unsupportedVersion, unknown, offset: 0)
        }
    }

    /// The document's bytes; parsing them gives the same value.
    public func serialized() -> [UInt8] {
        var text = "version \(StoreFormat.currentVersion)\nid \(id)\nepoch \(epoch)\n"
        for extra in extras { text += "\(extra.key) \(extra.value)\n" }
        return Array(text.utf8)
    }

    private static func parts(_ line: ArraySlice<UInt8>, offset: Int) throws(FormatError) -> (ByteString, String) {
        let isText = line.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        guard isText, let space = line.firstIndex(of: UInt8(ascii: " ")), space > line.startIndex,
            let key = String(validating: line[..<space], as: UTF8.self),
            let value = String(validating: line[(space + 1)...], as: UTF8.self)
        else { throw malformed("a line is not a key, a space and a value", offset) }
        return (ByteString(key), value)
    }

    private static func checkVersion(_ value: String) throws(FormatError) {
        guard !value.hasSameBytes(as: String(currentVersion)) else { return }
        throw FormatError(
            .unsupportedVersion,
            "the store's format is version \(value), and this modmeta knows version \(currentVersion); "
                + "install a newer modmeta",
            offset: 0)
    }

    private static func malformed(_ message: String, _ offset: Int) -> FormatError {
        FormatError(.malformed, "in a store's format document, \(message)", offset: UInt64(offset))
    }
}

extension ObjectStore {
    /// Reads the format document.
    ///
    /// - Throws: `.noStore` if there is none, `.unsupported` for an unknown version, `.corrupt` if it cannot be parsed.
    public func format() async throws -> StoreFormat {
        do {
            return try StoreFormat(parsing: try await read(.format, limit: StoreFormat.byteLimit))
        } catch let error as FormatError where error.code == .unsupportedVersion {
            throw StoreError(.unsupported, error.message)
        } catch let error as FormatError {
            throw StoreError(.corrupt, "the store's \(ObjectKey.format.path) is damaged: \(error)")
        } catch let error as StoreError where error.code == .missing {
            throw StoreError(
                .noStore, "there is no \(ObjectKey.format.path) in the store: it is not a modmeta store yet")
        }
    }
}
