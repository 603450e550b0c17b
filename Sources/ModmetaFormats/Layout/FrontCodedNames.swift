/// Reads front-coded names: the length shared with the previous name, and the rest.
struct FrontCodedNames {
    private var name: [UInt8] = []
    private var total = 0
    private var budget: ParseBudget

    /// Starts before the first name of a manifest of `manifestLength` bytes.
    init(manifestLength: Int) { budget = ParseBudget("the manifest", inputLength: manifestLength) }

    /// Reads the next name: the shared length, the length of the rest, the rest.
    ///
    /// The limits per name and on all names bound what a few bytes can expand to.
    mutating func next(parsing reader: inout ByteReader) throws(FormatError) -> String {
        let place = UInt64(reader.position)
        let shared = try reader.number("the shared length of a name", upTo: LayoutLimits.nameLength)
        guard shared <= name.count else {
            throw FormatError(.malformed, "a name shares more bytes than the previous name has", offset: place)
        }
        let length = try reader.number("the length of a name", upTo: LayoutLimits.nameLength - shared)
        let rest = try reader.slice(length, "a name")
        if shared < name.count, let first = rest.first, first == name[shared] {
            throw FormatError(.malformed, "a name repeats a byte that it shares with the previous name", offset: place)
        }
        total += shared + length
        try budget.charge(shared + length, at: place)
        guard total <= LayoutLimits.allNamesLength else {
            throw FormatError(
                .limitExceeded, "the names of the tensors are longer than \(LayoutLimits.allNamesLength) bytes",
                offset: place)
        }
        name.replaceSubrange(shared..., with: rest)
        guard let text = String(validating: name, as: UTF8.self) else {
            throw FormatError(.malformed, "the name of a tensor is not UTF-8", offset: place)
        }
        return text
    }
}
