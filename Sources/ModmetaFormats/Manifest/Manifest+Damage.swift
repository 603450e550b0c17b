extension Manifest {
    /// Whether the bytes of a supposed manifest are unreadable for this program, judged by everything except the body.
    ///
    /// They are truncated, damaged or of a later version; a flipped bit in the version looks like a later version.
    public static func isUnreadable(_ bytes: [UInt8]) -> Bool { (try? body(of: bytes)) == nil }
}
