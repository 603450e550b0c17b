/// Reads small blobs by one `git cat-file --batch`.
enum BlobBatch {
    /// How many are read at a time: at most 2 MiB of them.
    static let limit = 2048
    /// How often git is started again for the others, after it ended at one that it cannot read.
    private static let attempts = 64

    /// The contents of blobs, in the order of their names; nil for those that are missing or cannot be read.
    ///
    /// Git ends at an object that is damaged. Those after it are asked for again.
    static func contents(of names: [String], by git: Git) async throws -> [ArraySlice<UInt8>?] {
        var contents: [ArraySlice<UInt8>?] = []
        for _ in 0..<attempts where contents.count < names.count {
            let wanted = names[contents.count...]
            let output = try await git.output(
                ["cat-file", "--batch", "--buffer"], input: Array(wanted.map { $0 + "\n" }.joined().utf8))
            var rest = output.standardOutput[...]
            answers: while contents.count < names.count {
                switch take(from: &rest) {
                case .content(let content): contents.append(content)
                case .missing: contents.append(nil)
                case .none:
                    contents.append(nil)
                    break answers
                }
            }
        }
        return contents + Array(repeating: nil, count: names.count - contents.count)
    }

    /// An answer of git.
    private enum Answer {
        case content(ArraySlice<UInt8>)
        case missing
        /// Git ended before it.
        case none
    }

    /// Takes one answer of `git cat-file --batch`: `<object> blob <size>`, newline, content, newline; or `<object> missing`.
    private static func take(from output: inout ArraySlice<UInt8>) -> Answer {
        if let content = takeBlob(from: &output) { return .content(content) }
        guard let end = output.firstIndex(of: UInt8(ascii: "\n")),
            output[..<end].suffix(8).elementsEqual(" missing".utf8)
        else { return .none }
        output = output[(end + 1)...]
        return .missing
    }

    /// Takes the answer for a blob that is there.
    static func takeBlob(from output: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = output.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = output[..<end].split(separator: UInt8(ascii: " "))
        guard words.count == 3, let size = Int(String(decoding: words[2], as: UTF8.self)), size >= 0,
            size < output.endIndex - (end + 1)
        else { return nil }
        let content = output[(end + 1)..<(end + 1 + size)]
        output = output[(end + 2 + size)...]
        return content
    }
}
