internal import ModmetaFormats

/// What the file of a ref says.
enum RefValue: Hashable, Sendable {
    /// It names an object.
    case object(GitObjectName)
    /// It stands for another ref, whose full name this is.
    case symbolic([UInt8])

    /// Parses the content of a ref's file; nil if git could not use it either.
    ///
    /// As git reads it: what follows the name of the object after white space does not count.
    init?(parsing bytes: [UInt8]) {
        if bytes.starts(with: "ref:".utf8) {
            let name = bytes.dropFirst(4).drop { $0 == 0x20 || $0 == 0x09 }.prefix { !RefValue.isSpace($0) }
            guard !name.isEmpty else { return nil }
            self = .symbolic(Array(name))
        } else {
            let word = bytes.prefix { !RefValue.isSpace($0) }
            guard let name = GitObjectName(String(decoding: word, as: UTF8.self).lowercased()), !name.isNull else {
                return nil
            }
            self = .object(name)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}

extension RefValue {
    /// How a ref's name is shown in a message; it may hold any bytes.
    static func shown(_ name: [UInt8]) -> String { QuotedName(String(decoding: name, as: UTF8.self)).description }
}
