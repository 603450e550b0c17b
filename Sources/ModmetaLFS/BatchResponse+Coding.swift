public import ModmetaFormats

extension BatchResponse {
    /// The JSON text.
    public func serialized() -> [UInt8] {
        JSONText.object([
            ("transfer", transfer.map(JSONText.string)),
            ("objects", JSONText.array(objects.map(\.json))),
            ("hash_algo", hashAlgorithm.map(JSONText.string)),
        ]).bytes
    }

    /// Parses a response's body.
    ///
    /// Objects whose name is no SHA-256 are left out, as nobody asked about them.
    ///
    /// - Throws: `FormatError` if it breaks the format, or a limit of this type.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        var scanner = try JSONScanner(message: bytes, "the batch response", limit: BatchResponse.byteLimit)
        var response = BatchResponse(transfer: nil, objects: [], hashAlgorithm: nil)
        var count = 0
        try scanner.members(of: "the batch response", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "transfer": response.transfer = try scanner.optionalString("the transfer")
            case "hash_algo": response.hashAlgorithm = try scanner.optionalString("the hash algorithm")
            case "objects":
                try scanner.elements(of: "objects") { (scanner) throws(FormatError) in
                    try scanner.check(count, below: BatchResponse.objectLimit, "objects")
                    count += 1
                    if let object = try Object(reading: &scanner) { response.objects.append(object) }
                }
            default: try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        self = response
    }
}

extension BatchResponse.Object {
    fileprivate var json: JSONText {
        JSONText.object([
            ("oid", JSONText.string(id.hex)), ("size", size.map(JSONText.number)),
            ("authenticated", isAuthenticated ? JSONText.boolean(true) : nil),
            ("actions", actions.all.isEmpty ? nil : actions.json), ("error", error?.json),
        ])
    }

    /// Reads an object; nil if it has no name that an object can have.
    fileprivate init?(reading scanner: inout JSONScanner) throws(FormatError) {
        var id: ObjectID?
        // The name is replaced by the one that is read.
        var object = BatchResponse.Object(id: ObjectID(SHA256.hash([])))
        try scanner.members(of: "an object", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "oid": id = ObjectID(hex: try scanner.string("the oid"))
            case "size": object.size = try scanner.unsignedInteger("the size")
            case "authenticated": object.isAuthenticated = try scanner.isTrue()
            case "error": object.error = try BatchResponse.ObjectError(reading: &scanner)
            case "actions" where try scanner.peek("actions") == UInt8(ascii: "{"):
                object.actions = try BatchResponse.Actions(reading: &scanner)
            default: try scanner.skipValue()
            }
        }
        guard let id else { return nil }
        object.id = id
        self = object
    }
}

extension BatchResponse.Actions {
    fileprivate var json: JSONText {
        JSONText.object([("upload", upload?.json), ("download", download?.json), ("verify", verify?.json)])
    }

    fileprivate init(reading scanner: inout JSONScanner) throws(FormatError) {
        var actions = BatchResponse.Actions()
        try scanner.members(of: "actions", limit: 16) { (scanner, name, _) throws(FormatError) in
            switch name {
            case "upload": actions.upload = try LFSAction(reading: &scanner)
            case "download": actions.download = try LFSAction(reading: &scanner)
            case "verify": actions.verify = try LFSAction(reading: &scanner)
            default: try scanner.skipValue()
            }
        }
        self = actions
    }
}

extension BatchResponse.ObjectError {
    fileprivate var json: JSONText {
        JSONText.object([("code", JSONText.number(code)), ("message", JSONText.string(message))])
    }

    /// Reads an error; nil for `null`.
    fileprivate init?(reading scanner: inout JSONScanner) throws(FormatError) {
        guard try scanner.peek("the error") == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var error = BatchResponse.ObjectError(code: 0, message: "")
        try scanner.members(of: "an error", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "code": error.code = Int(clamping: try scanner.unsignedInteger("the error's code"))
            case "message": error.message = try scanner.optionalString("the error's message") ?? ""
            default: try scanner.skipValue()
            }
        }
        self = error
    }
}
