internal import ModmetaFormats
internal import ModmetaStore

// The layout is in docs/formats/store.md, "Generations of refs".

extension RefGeneration {
    /// Parses a document.
    ///
    /// - Throws: `FormatError`; `.unsupportedVersion` for another version, whatever follows.
    init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= RefGeneration.byteLimit else {
            throw FormatError(.limitExceeded, "a generation has more than \(RefGeneration.byteLimit) bytes", offset: 0)
        }
        var lines = Lines(bytes)
        let version = try lines.value(of: "version")
        guard version.hasSameBytes(as: String(RefGeneration.currentVersion)) else {
            throw FormatError(
                .unsupportedVersion,
                "the refs are of version \(version), and this modmeta knows version \(RefGeneration.currentVersion); "
                    + "install a newer modmeta", offset: 0)
        }
        try Lines.checkEnd(bytes)
        guard let number = UInt64(try lines.value(of: "number")), number > 0 else {
            throw lines.malformed("the number is not a decimal number from 1 on")
        }
        guard let nonce = Nonce(hex: try lines.value(of: "nonce")) else {
            throw lines.malformed("the nonce is not 32 lower-case hexadecimal digits")
        }
        guard let format = GitObjectFormat(rawValue: try lines.value(of: "object-format")) else {
            throw lines.malformed("the object format is not known")
        }
        let headText = try lines.value(of: "head")
        guard let head = StoreRefs.Head(parsing: headText), head.text.hasSameBytes(as: headText), head.fits(format)
        else {
            throw lines.malformed("HEAD is neither a ref nor an object")
        }
        var packs: [ListedPack] = []
        var names: Set<GitObjectName> = []
        while let value = try lines.next("pack") {
            let pack = try RefGeneration.pack(value, format, lines)
            guard names.insert(pack.name).inserted else { throw lines.malformed("a pack is named twice") }
            packs.append(pack)
        }
        var refs: [StoreRefs.Ref] = []
        while let value = try lines.next("ref") {
            let ref = try RefGeneration.ref(value, format, lines)
            if let last = refs.last, !last.name.utf8.lexicographicallyPrecedes(ref.name.utf8) {
                throw lines.malformed("the refs are not in ascending order")
            }
            refs.append(ref)
        }
        _ = try lines.value(of: "end")
        guard lines.isAtEnd else { throw lines.malformed("something follows the end") }
        self.init(
            number: number, nonce: nonce, objectFormat: format, refs: StoreRefs(refs, head: head), packs: packs)
    }

    /// The document's bytes; parsing them gives the same value.
    ///
    /// - Throws: `.limitExceeded` if there are too many refs or packs for a reader.
    func serialized() throws(FormatError) -> [UInt8] {
        var text = """
            version \(RefGeneration.currentVersion)
            number \(number)
            nonce \(nonce.hex)
            object-format \(objectFormat.rawValue)
            head \(refs.head.text)

            """
        for pack in packs {
            text += "pack \(pack.name) \(pack.pack.length) \(pack.pack.digest)"
            text += " \(pack.index.length) \(pack.index.digest)\n"
        }
        for ref in refs.all { text += "ref \(ref.target) \(ref.peeled?.hex ?? "-") \(ref.name)\n" }
        var bytes = Array(text.utf8)
        bytes += Array("end \(SHA256.hash(bytes))\n".utf8)
        guard bytes.count <= RefGeneration.byteLimit else {
            throw FormatError(
                .limitExceeded,
                "\(refs.all.count) refs and \(packs.count) packs are more than fit into \(RefGeneration.byteLimit) bytes",
                offset: UInt64(RefGeneration.byteLimit))
        }
        return bytes
    }

    private static func pack(
        _ value: String, _ format: GitObjectFormat, _ lines: Lines
    ) throws(FormatError) -> ListedPack {
        let words = value.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map { Substring($0) }
        guard words.count == 5, let name = GitObjectName(words[0]), name.hex.utf8.count == format.nullHex.utf8.count,
            let length = UInt64(words[1]), let digest = Digest(hex: words[2]),
            let indexLength = UInt64(words[3]), let indexDigest = Digest(hex: words[4])
        else { throw lines.malformed("a pack is not a name and twice a length and a SHA-256") }
        return ListedPack(
            name: name, pack: .init(length: length, digest: digest),
            index: .init(length: indexLength, digest: indexDigest))
    }

    private static func ref(
        _ value: String, _ format: GitObjectFormat, _ lines: Lines
    ) throws(FormatError) -> StoreRefs.Ref {
        let words = value.utf8.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
            .map { Substring($0) }
        let digits = format.nullHex.utf8.count
        guard words.count == 3, let target = GitObjectName(words[0]), target.hex.utf8.count == digits, !target.isNull
        else { throw lines.malformed("a ref is not an object, a peeled object and a name") }
        let peeled = GitObjectName(words[1])
        guard words[1].hasSameBytes(as: "-") || (peeled.map { $0.hex.utf8.count == digits && !$0.isNull } ?? false)
        else {
            throw lines.malformed("what a tag is about is not an object")
        }
        guard RefName.isValid(words[2]) else { throw lines.malformed("a ref has no valid name") }
        return StoreRefs.Ref(name: String(words[2]), target: target, peeled: peeled)
    }
}

extension RefGeneration {
    /// The lines of a document, each a key, a space and a value.
    struct Lines {
        private let bytes: [UInt8]
        private var start = 0
        private var lineStart = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { start == bytes.count }

        /// The value of the next line, which must have this key.
        mutating func value(of key: String) throws(FormatError) -> String {
            guard let value = try next(key) else { throw malformed("the line `\(key)` is missing") }
            return value
        }

        /// The value of the next line if it has this key.
        mutating func next(_ key: String) throws(FormatError) -> String? {
            lineStart = start
            let prefix = key.utf8
            guard bytes.count - start > prefix.count, bytes[start..<(start + prefix.count)].elementsEqual(prefix),
                bytes[start + prefix.count] == UInt8(ascii: " ")
            else { return nil }
            let valueStart = start + prefix.count + 1
            guard let end = bytes[valueStart...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw FormatError(.truncated, "a line of a generation does not end", offset: UInt64(start))
            }
            guard bytes[valueStart..<end].allSatisfy({ $0 >= 0x20 && $0 != 0x7f }),
                let value = String(validating: bytes[valueStart..<end], as: UTF8.self)
            else { throw malformed("a line is not text") }
            start = end + 1
            return value
        }

        func malformed(_ message: String) -> FormatError {
            FormatError(.malformed, "in a generation of refs, \(message)", offset: UInt64(lineStart))
        }

        /// Checks the last line, which is the SHA-256 of all before it: a torn or altered document is found out at once.
        static func checkEnd(_ bytes: [UInt8]) throws(FormatError) {
            let length = "end ".utf8.count + 2 * Digest.byteCount + 1
            guard bytes.count > length else {
                throw FormatError(.truncated, "a generation of refs ends too early", offset: UInt64(bytes.count))
            }
            let body = bytes.count - length
            let sum = bytes.withUnsafeBytes { SHA256.hash(UnsafeRawBufferPointer(rebasing: $0[..<body])) }
            guard bytes[body...].elementsEqual("end \(sum)\n".utf8) else {
                throw FormatError(
                    .malformed, "a generation of refs does not fit its own checksum: it is torn or was altered",
                    offset: UInt64(body))
            }
        }
    }
}

extension StoreRefs.Head {
    /// The head as a HEAD file has it, without its newline.
    var text: String {
        switch self {
        case .branch(let name): "ref: \(name)"
        case .detached(let object): object.hex
        }
    }

    fileprivate func fits(_ format: GitObjectFormat) -> Bool {
        guard case .detached(let object) = self else { return true }
        return object.hex.utf8.count == format.nullHex.utf8.count && !object.isNull
    }
}
