/// The meaning of the byte that a scaled run has for each row.
enum RowCodes {
    /// The row is the base's.
    static let unchanged: UInt8 = 0
    /// The row is the base's after weight decay.
    static let decayed: UInt8 = 1
    /// Rows with this or a higher code are coded word by word.
    static let firstScale: UInt8 = 2
    /// Quarter octaves that codes reach over.
    static let range = 253
}
