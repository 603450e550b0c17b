/// Which version of modmeta a code on the wire takes: codes are allotted to versions in ranges of one size.
///
/// See docs/formats/payload.md, "Unknown versions". So a reader that does not know a code can still say who does.
enum CodeAllotment {
    /// The element kinds of a version.
    static let elements: UInt8 = 32
    /// The filters of a version.
    static let filters: UInt8 = 16
    /// The stream block methods of a version.
    static let methods: UInt8 = 8
    /// The payload versions of a version.
    static let payloads: UInt8 = 1

    /// The error for a code that this program does not know.
    ///
    /// - Parameters:
    ///   - what: what the code is, with its number.
    ///   - index: the code, counted from 0.
    ///   - range: how many codes each version has.
    static func unknown(_ what: String, index: UInt8, range: UInt8, offset: Int) -> DeltaError {
        let minor = index / range + 1
        let version = minor == 1 ? "a later modmeta 0.1" : "modmeta 0.\(minor) or later"
        return DeltaError(.unsupportedVersion, "\(what) is unknown; it takes \(version)", offset: offset)
    }
}
