internal import ModmetaStore

extension GitObjectFormat {
    /// What git writes where there is no object: zeros.
    var nullHex: String { String(repeating: "0", count: self == .sha1 ? 40 : 64) }
}
