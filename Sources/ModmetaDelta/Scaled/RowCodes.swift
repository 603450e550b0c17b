/// The meaning of the byte that a scaled run stores for each row.
enum RowCodes {
    /// The row equals the base's row.
    static let unchanged: UInt8 = 0
    /// The row equals the base's row after weight decay.
    static let decayed: UInt8 = 1
    /// Rows with this code or a higher one are coded word by word.
    static let firstScale: UInt8 = 2
    /// The quarter octaves that the codes span.
    static let range = 253
}
