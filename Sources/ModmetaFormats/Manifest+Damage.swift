extension Manifest {
    /// Whether bytes that should be a manifest were cut short or changed, going by what stands around the body.
    ///
    /// A manifest of a later version is not damaged: this program cannot tell.
    public static func isDamaged(_ bytes: [UInt8]) -> Bool {
        do throws(FormatError) {
            _ = try body(of: bytes)
            return false
        } catch {
            return error.code != .unsupportedVersion
        }
    }
}
