/// The limits on layouts, from files and manifests alike.
enum LayoutLimits {
    /// The UTF-8 bytes of a tensor's name.
    static let nameLength = 65_535
    /// The UTF-8 bytes of all names; no header is longer.
    static let allNamesLength = 100_000_000
    /// The dimensions of a tensor.
    static let rank = 64
    /// The printable ASCII characters of a dtype.
    static let dtypeLength = 16
    /// The tensors of a file.
    static let tensors = 1 << 22
}
