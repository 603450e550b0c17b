internal import ModmetaFormats

/// The rules for names of refs, as in git-check-ref-format(1).
enum RefName {
    /// Whether a push may create or change a ref of this name: it is valid and has a kind, as in `refs/heads/main`.
    static func isPushable(_ name: some StringProtocol) -> Bool {
        isValid(name) && name.utf8.dropFirst("refs/".utf8.count).contains(UInt8(ascii: "/"))
    }

    /// Whether the name is the full name of a ref: below `refs/`, and well formed.
    static func isValid(_ name: some StringProtocol) -> Bool {
        // Bytes that are not UTF-8 may be in a name too; replaced, they break no rule that they did not break before.
        guard name.hasBytePrefix("refs/"), !name.hasByteSuffix("."), !name.hasBytes(of: ".."), !name.hasBytes(of: "@{")
        else {
            return false
        }
        let forbidden = Set(" ~^:?*[\\".utf8)
        guard !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || forbidden.contains($0) }) else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != UInt8(ascii: ".") && !part.suffix(5).elementsEqual(".lock".utf8)
        }
    }
}
