/// The ranges of codes allocated to each version of modmeta, so that a reader can name the version an unknown code
/// needs.
///
/// See docs/formats/payload.md, "Unknown versions".
enum CodeAllocation {
    /// Element kinds per version.
    static let elements: UInt8 = 32
    /// Filters per version.
    static let filters: UInt8 = 16
    /// Stream block methods per version.
    static let methods: UInt8 = 8
    /// Payload versions per version.
    static let payloads: UInt8 = 1

    /// Returns the error for a code this program does not know.
    ///
    /// - Parameters:
    ///   - what: the kind of code, with its number.
    ///   - index: the code, counted from 0.
    ///   - range: the number of codes per version.
    static func unknown(_ what: String, index: UInt8, range: UInt8, offset: Int) -> DeltaError {
        let minor = index / range + 1
        let version = minor == 1 ? "a later modmeta 0.1" : "modmeta 0.\(minor) or later"
        return DeltaError(.unsupportedVersion, "\(what) is unknown; it needs \(version)", offset: offset)
    }
}
