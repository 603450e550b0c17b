public import ModmetaFormats

extension LFSAction {
    /// The JSON text.
    public func serialized() -> [UInt8] { json.bytes }

    /// Parses an action that stands alone, as `git-lfs-authenticate` prints it.
    ///
    /// - Throws: `FormatError` if it breaks the format, or a limit of this type.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        var scanner = try JSONScanner(message: bytes, "the action", limit: LFSAction.byteLimit)
        guard let action = try LFSAction(reading: &scanner) else {
            throw scanner.malformed("there is no action", at: 0)
        }
        try scanner.expectEnd()
        self = action
    }

    var json: JSONText {
        JSONText.object([
            ("href", href.isEmpty ? nil : JSONText.string(href)),
            ("header", header.isEmpty ? nil : JSONText.object(header.map { ($0.name, JSONText.string($0.value)) })),
            ("expires_in", expiresIn.map(JSONText.number)),
            ("expires_at", expiresAt.map { JSONText.string($0.internet) }),
        ])
    }

    /// Reads an action; nil for `null`.
    init?(reading scanner: inout JSONScanner) throws(FormatError) {
        guard try scanner.peek("an action") == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var action = LFSAction(href: "")
        try scanner.members(of: "an action", limit: 64) { (scanner, key, start) throws(FormatError) in
            switch key {
            case "href": action.href = try scanner.string("the href")
            case "expires_in": action.expiresIn = try scanner.optionalInteger("a number of seconds")
            case "expires_at":
                action.expiresAt = try scanner.optionalString("expires_at").flatMap { Timestamp(internet: $0) }
            case "header" where try scanner.peek("the header") == UInt8(ascii: "{"):
                try scanner.members(of: "the header", limit: LFSAction.fieldLimit) {
                    (scanner, name, start) throws(FormatError) in
                    let field = LFSHeaderField(name.text, try scanner.string("a header field"))
                    guard field.isWellFormed else {
                        throw scanner.malformed("an action has a header field that HTTP does not allow", at: start)
                    }
                    action.header.append(field)
                }
            default: try scanner.skipValue()
            }
            guard action.href.utf8.count <= LFSAction.urlLimit else {
                throw FormatError(.limitExceeded, "an action's URL is too long", offset: UInt64(start))
            }
        }
        self = action
    }
}
