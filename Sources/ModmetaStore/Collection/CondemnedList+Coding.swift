public import ModmetaFormats

/// The bytes of a condemned list; the layout is docs/formats/condemned.md.
extension CondemnedList {
    private static let magic = Array("MMCL".utf8)
    private static let version: UInt8 = 1
    /// Magic, version, nonce, three counts.
    private static let headerLength = 4 + 1 + 16 + 3 * 4

    /// The most bytes a list may have.
    public static let byteLimit = headerLength + limit * Digest.byteCount

    /// The bytes of the list; parsing them gives the same value.
    public func serialized() -> [UInt8] {
        var bytes = CondemnedList.magic + [CondemnedList.version] + nonce
        bytes.reserveCapacity(CondemnedList.headerLength + members.count * Digest.byteCount)
        for family in CondemnedList.families {
            let count = UInt32(members.count { $0.family == family })
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        }
        for member in members { bytes += member.digest.bytes }
        return bytes
    }

    /// Parses a list of at most `byteLimit` bytes.
    ///
    /// - Throws: `FormatError`, `.unsupportedVersion` if it declares another version than 1.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= CondemnedList.byteLimit else {
            throw FormatError(
                .limitExceeded, "a condemned list has more than \(CondemnedList.limit) members", offset: 0)
        }
        guard bytes.starts(with: CondemnedList.magic) else {
            throw FormatError(.malformed, "a condemned list does not begin with MMCL", offset: 0)
        }
        guard bytes.count >= CondemnedList.headerLength else {
            throw FormatError(.truncated, "a condemned list ends in its header", offset: UInt64(bytes.count))
        }
        guard bytes[4] == CondemnedList.version else {
            throw FormatError(
                .unsupportedVersion, "the condemned list is of version \(bytes[4]), and this modmeta knows version 1",
                offset: 4)
        }
        let counts = (0..<3).map { family in
            (0..<4).reduce(0) { $0 | Int(bytes[21 + 4 * family + $1]) << (8 * $1) }
        }
        // At most three times 2^32: the sum fits.
        guard counts.reduce(0, +) * Digest.byteCount == bytes.count - CondemnedList.headerLength else {
            throw FormatError(
                .malformed, "a condemned list's length does not fit its counts", offset: UInt64(bytes.count))
        }
        var members: [Member] = []
        members.reserveCapacity(counts.reduce(0, +))
        var offset = CondemnedList.headerLength
        for (family, count) in zip(CondemnedList.families, counts) {
            for _ in 0..<count {
                guard let digest = Digest(bytes: bytes[offset..<offset + Digest.byteCount]) else { continue }
                let member = Member(family, digest)
                if let last = members.last, !CondemnedList.isBefore(last, member) {
                    throw FormatError(
                        .malformed, "a condemned list's members are not in ascending order", offset: UInt64(offset))
                }
                members.append(member)
                offset += Digest.byteCount
            }
        }
        self.init(ordered: members, nonce: Array(bytes[5..<21]))
    }
}
