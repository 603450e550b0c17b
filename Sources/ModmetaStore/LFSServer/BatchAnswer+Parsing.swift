internal import ModmetaFormats

extension BatchAnswer {
    /// Parses an answer's body of at most `byteLimit` bytes.
    ///
    /// - Parameter clock: the server's time of the answer in seconds since 1970, which `expires_at` is compared with.
    /// - Throws: `FormatError` where it breaks the format, or a bound of this type.
    init(parsing bytes: [UInt8], clock: Int64) throws(FormatError) {
        var scanner = JSONScanner(bytes, in: 0..<bytes.count)
        var answer = BatchAnswer()
        try scanner.members(of: "the batch answer", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "transfer": answer.transfer = try scanner.optionalString("the transfer")
            case "hash_algo": answer.hashAlgorithm = try scanner.optionalString("the hash algorithm")
            case "objects":
                try scanner.elements(of: "objects") { (scanner) throws(FormatError) in
                    guard answer.objects.count < BatchAnswer.objectLimit else {
                        throw FormatError(
                            .limitExceeded, "the batch answer has more than \(BatchAnswer.objectLimit) objects",
                            offset: UInt64(scanner.position))
                    }
                    answer.objects.append(try Object(reading: &scanner, clock: clock))
                }
            default: try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        self = answer
    }

    /// The `message` of an error's body, shortened for people; nil where there is none.
    static func message(in body: [UInt8]) -> String? {
        var scanner = JSONScanner(body, in: 0..<body.count)
        var message: String?
        try? scanner.members(of: "the answer", limit: 64) { (scanner, key, _) throws(FormatError) in
            if key == "message" { message = try scanner.optionalString("the message") } else { try scanner.skipValue() }
        }
        return message.map { QuotedName($0).description }
    }
}

extension BatchAnswer.Object {
    fileprivate init(reading scanner: inout JSONScanner, clock: Int64) throws(FormatError) {
        var object = BatchAnswer.Object()
        try scanner.members(of: "an object", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "oid": object.oid = try scanner.string("the oid")
            case "size": object.size = try scanner.unsignedInteger("the size")
            case "authenticated": object.isAuthenticated = try scanner.isTrue()
            case "error": object.failure = try BatchAnswer.Failure(reading: &scanner)
            case "actions" where try scanner.peek("actions") == UInt8(ascii: "{"):
                try scanner.members(of: "actions", limit: 16) { (scanner, name, _) throws(FormatError) in
                    if let action = try LFSAction(reading: &scanner, clock: clock) { object.actions[name] = action }
                }
            default: try scanner.skipValue()
            }
        }
        self = object
    }
}

extension BatchAnswer.Failure {
    fileprivate init?(reading scanner: inout JSONScanner) throws(FormatError) {
        guard try scanner.peek("the error") == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var failure = BatchAnswer.Failure(code: 0, message: "")
        try scanner.members(of: "an error", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "code": failure.code = Int(clamping: try scanner.unsignedInteger("the error's code"))
            case "message": failure.message = try scanner.optionalString("the error's message") ?? ""
            default: try scanner.skipValue()
            }
        }
        self = failure
    }
}

extension LFSAction {
    /// Reads an action; nil for `null`.
    fileprivate init?(reading scanner: inout JSONScanner, clock: Int64) throws(FormatError) {
        guard try scanner.peek("an action") == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var action = LFSAction(href: "")
        var seconds: Int64?
        var until: Int64?
        try scanner.members(of: "an action", limit: 64) { (scanner, key, start) throws(FormatError) in
            switch key {
            case "href": action.href = try scanner.string("the href")
            case "expires_in": seconds = try scanner.optionalSeconds()
            case "expires_at":
                until = try scanner.optionalString("expires_at").flatMap { Timestamp(internet: $0)?.seconds }
            case "header" where try scanner.peek("the header") == UInt8(ascii: "{"):
                try scanner.members(of: "the header", limit: BatchAnswer.fieldLimit) {
                    (scanner, name, start) throws(FormatError) in
                    let field = HTTPField(name.text, try scanner.string("a header field"))
                    guard field.isWellFormed else {
                        throw scanner.malformed("an action has a header field that HTTP does not allow", at: start)
                    }
                    action.fields.append(field)
                }
            default: try scanner.skipValue()
            }
            guard action.href.utf8.count <= BatchAnswer.urlLimit else {
                throw FormatError(.limitExceeded, "an action's URL is too long", offset: UInt64(start))
            }
        }
        // Some servers write the year 1 for an action that does not end; `expires_in` goes before `expires_at`.
        if let seconds, seconds != 0 {
            action.expiry = .now + .seconds(min(seconds, 1 << 31))
        } else if let until, until > 0 {
            action.expiry = .now + .seconds(max(-1, min(until - clock, 1 << 31)))
        }
        self = action
    }
}

extension JSONScanner {
    /// Reads a string, or nil for another value.
    fileprivate mutating func optionalString(_ what: String) throws(FormatError) -> String? {
        if try peek(what) == UInt8(ascii: "\"") { return try string(what) }
        try skipValue()
        return nil
    }

    /// Reads a number of seconds, or nil for another value, a negative one among them.
    fileprivate mutating func optionalSeconds() throws(FormatError) -> Int64? {
        let first = try peek("a number of seconds")
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            return Int64(clamping: try unsignedInteger("a number of seconds"))
        }
        try skipValue()
        return first == UInt8(ascii: "-") ? -1 : nil
    }

    fileprivate mutating func isTrue() throws(FormatError) -> Bool {
        let first = try peek("true or false")
        try skipValue()
        return first == UInt8(ascii: "t")
    }
}

extension HTTPField {
    /// Whether name and value can stand in a request without breaking out of their line; see RFC 9110, section 5.
    package var isWellFormed: Bool {
        let isToken: (UInt8) -> Bool = { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        return !name.isEmpty && name.utf8.allSatisfy(isToken)
            && value.utf8.allSatisfy { $0 == 9 || ($0 >= 0x20 && $0 != 0x7f) }
    }
}
