public import ModmetaNetwork

/// A request as a `LoopbackServer` received it.
public struct LoopbackRequest: Sendable {
    /// The method.
    public var method: String
    /// The path and query, as sent.
    public var target: String
    /// The header fields.
    public var fields: [HTTPField]
    /// The body.
    public var body: [UInt8]
    /// The bytes of the whole request on the wire.
    var length: Int

    /// Parses a request, whose body needs a Content-Length; nil if it is incomplete.
    init?(parsing bytes: [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count,
            let headEnd = (0...(bytes.count - end.count)).first(where: {
                bytes[$0] == 13 && bytes[$0..<($0 + 4)].elementsEqual(end)
            })
        else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        method = String(words[0])
        target = String(words[1])
        fields = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            return HTTPField(String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
        }
        let bodyLength = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        length = headEnd + end.count + bodyLength
        guard bytes.count >= length else { return nil }
        body = Array(bytes[(headEnd + end.count)..<length])
    }

    /// The first value of a field.
    public subscript(field name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A complete and well-formed answer of a `LoopbackServer`.
public struct LoopbackAnswer: Sendable {
    /// The bytes on the wire.
    public var bytes: [UInt8]

    /// Creates an answer; adds Content-Length unless `fields` has it.
    public init(_ status: Int, fields: [HTTPField] = [], body: [UInt8] = []) {
        var head = "HTTP/1.1 \(status) Status\r\n"
        for field in fields { head += "\(field.name): \(field.value)\r\n" }
        if !fields.contains(where: { $0.name.lowercased() == "content-length" }) {
            head += "Content-Length: \(body.count)\r\n"
        }
        bytes = Array((head + "\r\n").utf8) + body
    }
}
