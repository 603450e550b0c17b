/// The meaning of the byte that a scaled run has for each row.
enum RowCodes {
    /// The row is the base's.
    static let unchanged: UInt8 = 0
    /// Lower codes are reserved for rows that are not coded word by word.
    static let firstScale: UInt8 = 2
    /// Quarter octaves that codes reach over.
    static let range = 253
}
