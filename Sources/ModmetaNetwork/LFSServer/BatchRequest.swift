internal import ModmetaFormats

/// What is to be done with the objects of a batch.
public enum BatchOperation: String, Hashable, Sendable {
    /// They are to be sent.
    case upload
    /// They are to be fetched.
    case download
}

/// An LFS object as the Batch API names it.
struct BatchObject: Hashable, Sendable {
    var id: ObjectID
    var size: UInt64
}

/// The body of a Batch request; see docs/formats/lfs-server.md.
struct BatchRequest {
    /// The most objects of one request.
    static let objectLimit = 100
    /// The media type of requests and answers.
    static let mediaType = "application/vnd.git-lfs+json"

    var operation: BatchOperation
    var objects: [BatchObject]
    /// The full name of the branch the objects are for, or nil.
    var ref: String?

    /// The JSON text.
    func serialized() -> [UInt8] {
        var text = "{\"operation\":\"\(operation.rawValue)\",\"transfers\":[\"basic\"],"
        if let ref { text += "\"ref\":{\"name\":\(BatchRequest.quoted(ref))}," }
        text += "\"objects\":["
        text += objects.map { "{\"oid\":\"\($0.id.hex)\",\"size\":\($0.size)}" }.joined(separator: ",")
        text += "],\"hash_algo\":\"sha256\"}"
        return Array(text.utf8)
    }

    /// The body of the request that a `verify` action asks for.
    static func verification(of object: BatchObject) -> [UInt8] {
        Array("{\"oid\":\"\(object.id.hex)\",\"size\":\(object.size)}".utf8)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
