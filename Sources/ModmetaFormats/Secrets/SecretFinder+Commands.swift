extension SecretFinder {
    /// Finds passwords that command lines give to programs (`curl -u user:…`, `mysql -p…`), and those of a `.netrc`.
    mutating func findCommands() {
        var program: (options: [CommandPassword.Option], words: Set<String>)?
        var option: CommandPassword.Option?
        var earlier: [String] = []
        forEachWord { finder, word, isFirstOfLine in
            let bytes = finder.bytes[word]
            // The end of a line is that of a command, unless a backslash stands before it.
            if isFirstOfLine { (program, option) = (nil, nil) }
            let text = bytes.count <= 64 ? String(decoding: bytes, as: UTF8.self) : ""
            if let known = option {
                option = nil
                if finder.noteValue(word, known.form) { return }
            }
            if finder.isNetrcPassword(after: earlier) {
                // Words of a sentence may stand so too; where a machine is named they do not.
                let isProse = !earlier.contains("machine")
                if SecretValue.isSecret(bytes, .password, isProse: isProse) { finder.note(word) }
            }
            earlier = Array(earlier.suffix(5)) + [text]
            let name = text.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
            if let options = CommandPassword.options(of: name) {
                program = (options, [])
                return
            }
            guard let known = program else { return }
            program?.words.insert(text)
            for candidate in known.options where bytes.starts(with: candidate.name.utf8) {
                if let verb = candidate.verb, !known.words.contains(verb) { continue }
                var value = bytes.dropFirst(candidate.name.utf8.count)
                if value.isEmpty {
                    if candidate.form != .attached { option = candidate }
                    return
                }
                // `--user=…` has a sign, `-u…` has none.
                if candidate.name.hasPrefix("--") {
                    guard value.first == UInt8(ascii: "=") else { continue }
                    value.removeFirst()
                }
                _ = finder.noteValue(value.startIndex..<value.endIndex, candidate.form)
                return
            }
        }
    }

    /// Notes the password in what was given to an option.
    private mutating func noteValue(_ range: Range<Int>, _ form: CommandPassword.Form) -> Bool {
        var password = bytes[range]
        switch form {
        case .pair(let sign):
            guard let place = password.firstIndex(of: sign) else { return false }
            password = password[(place + 1)...]
        case .behind(let word):
            guard password.starts(with: word.utf8) else { return false }
            password = password.dropFirst(word.utf8.count)
        case .word, .attached: break
        }
        let isSecret =
            purpose == .showing
            ? password.count >= 4 && !SecretValue.isPlaceholder(password)
            : SecretValue.isSecret(password, .password)
        if isSecret { note(password.startIndex..<password.endIndex) }
        return isSecret
    }

    /// Whether a word is a password by those before it: `machine … login … password`, in either order.
    private func isNetrcPassword(after words: [String]) -> Bool {
        guard let last = words.last, last == "password" || last == "passwd" else { return false }
        let places = words.dropLast()
        return places.count >= 2 && ["login", "account", "machine"].contains(places[places.endIndex - 2])
    }

    /// Calls a function with each word: what stands between blanks, quotes and the signs that end a command.
    private mutating func forEachWord(_ body: (inout SecretFinder, Range<Int>, Bool) -> Void) {
        var index = 0
        var isFirst = true
        while index < bytes.count {
            let byte = bytes[index]
            if byte <= 0x20 || "\"'`;|&()".utf8.contains(byte) {
                let isContinued = index > 0 && bytes[index - 1] == UInt8(ascii: "\\")
                if ";|&()`".utf8.contains(byte) || byte == UInt8(ascii: "\n") && !isContinued { isFirst = true }
                index += 1
                continue
            }
            let isEnd = { (byte: UInt8) in byte <= 0x20 || "\"'`;|&()".utf8.contains(byte) }
            let end = bytes[index...].firstIndex(where: isEnd) ?? bytes.count
            body(&self, index..<end, isFirst)
            isFirst = false
            index = end
        }
    }
}
