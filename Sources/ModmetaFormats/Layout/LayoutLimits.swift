/// The largest layouts this program accepts, from a file and from a manifest alike.
enum LayoutLimits {
    /// The bytes of a tensor's name in UTF-8.
    static let nameLength = 65_535
    /// The bytes of all names together in UTF-8; a header is no longer.
    static let allNamesLength = 100_000_000
    /// The dimensions of a tensor.
    static let rank = 64
    /// The printable ASCII characters of a dtype.
    static let dtypeLength = 16
    /// The tensors of a file.
    static let tensors = 1 << 22
}
