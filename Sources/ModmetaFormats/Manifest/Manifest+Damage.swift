extension Manifest {
    /// Whether bytes that should be a manifest cannot be one that this program reads, going by what stands around the body.
    ///
    /// They were cut short or changed, or are of a later version; a bit that flipped in the version cannot be told from that.
    public static func isUnreadable(_ bytes: [UInt8]) -> Bool { (try? body(of: bytes)) == nil }
}
