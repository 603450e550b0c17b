public import ModmetaFormats

extension BatchRequest {
    /// The JSON text.
    public func serialized() -> [UInt8] {
        JSONText.object([
            ("operation", JSONText.string(operation.rawValue)),
            ("transfers", JSONText.array(transfers.map(JSONText.string))),
            ("ref", ref.map { JSONText.object([("name", JSONText.string($0))]) }),
            ("objects", JSONText.array(objects.map(\.json))),
            ("hash_algo", hashAlgorithm.map(JSONText.string)),
        ]).bytes
    }

    /// Parses a request's body.
    ///
    /// - Throws: `FormatError` if it breaks the format or a limit of this type, or names an object by anything but a SHA-256.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        var scanner = try JSONScanner(message: bytes, "the batch request", limit: BatchRequest.byteLimit)
        var operation: BatchOperation?
        var request = BatchRequest(operation: .download, objects: [], transfers: [], hashAlgorithm: nil)
        try scanner.members(of: "the batch request", limit: 64) { (scanner, key, start) throws(FormatError) in
            switch key {
            case "operation":
                let name = try scanner.string("the operation")
                operation = BatchOperation(rawValue: name)
                guard operation != nil else {
                    throw scanner.malformed(
                        "the operation \(QuotedName(name)) is neither upload nor download", at: start)
                }
            case "transfers" where try scanner.peek("transfers") == UInt8(ascii: "["):
                try scanner.elements(of: "transfers") { (scanner) throws(FormatError) in
                    try scanner.check(request.transfers.count, below: BatchRequest.transferLimit, "transfers")
                    request.transfers.append(try scanner.string("a transfer"))
                }
            case "ref" where try scanner.peek("the ref") == UInt8(ascii: "{"):
                try scanner.members(of: "the ref", limit: 64) { (scanner, key, _) throws(FormatError) in
                    if key == "name" {
                        request.ref = try scanner.optionalString("the ref's name")
                    } else {
                        try scanner.skipValue()
                    }
                }
            case "objects":
                try scanner.elements(of: "objects") { (scanner) throws(FormatError) in
                    try scanner.check(request.objects.count, below: BatchRequest.parsedObjectLimit, "objects")
                    request.objects.append(try BatchObject(reading: &scanner))
                }
            case "hash_algo": request.hashAlgorithm = try scanner.optionalString("the hash algorithm")
            default: try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        guard let operation else { throw scanner.malformed("the batch request names no operation", at: 0) }
        request.operation = operation
        self = request
    }
}

extension BatchObject {
    /// The JSON text.
    public func serialized() -> [UInt8] { json.bytes }

    /// Parses the body of a request to verify an object.
    ///
    /// - Throws: `FormatError` if it breaks the format, or names the object by anything but a SHA-256.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        var scanner = try JSONScanner(message: bytes, "the object", limit: BatchRequest.byteLimit)
        self = try BatchObject(reading: &scanner)
        try scanner.expectEnd()
    }

    var json: JSONText {
        JSONText.object([("oid", JSONText.string(id.hex)), ("size", JSONText.number(size))])
    }

    init(reading scanner: inout JSONScanner) throws(FormatError) {
        _ = try scanner.peek("an object")
        let start = scanner.position
        var id: ObjectID?
        var size: UInt64?
        try scanner.members(of: "an object", limit: 64) { (scanner, key, start) throws(FormatError) in
            switch key {
            case "oid":
                let name = try scanner.string("the oid")
                id = ObjectID(hex: name)
                guard id != nil else {
                    throw scanner.malformed(
                        "the oid \(QuotedName(name)) is not 64 lower-case hexadecimal digits", at: start)
                }
            case "size": size = try scanner.unsignedInteger("the size")
            default: try scanner.skipValue()
            }
        }
        guard let id, let size else { throw scanner.malformed("an object lacks its oid or its size", at: start) }
        self.init(id: id, size: size)
    }
}
