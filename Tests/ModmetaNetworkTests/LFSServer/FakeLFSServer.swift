import Glibc
import ModmetaFormats
import ModmetaNetwork
import ModmetaStore
import Synchronization

/// An LFS server in memory, with habits that can be chosen; it also is the transport to itself.
final class FakeLFSServer: HTTPTransport {
    /// How the server behaves.
    struct Habits: Sendable {
        var sendsRanges = true
        var verifies = true
        var dropsUploads = false
        var checksSizes = true
        var answersWhollyMissingBatchesWith404 = false
        var alwaysOffersUpload = false
        var batchLimit = 100
        var authorization: String?
        var storage = "https://storage.example.com/objects/"
        var actionFields = "\"Authorization\":\"Bearer storage\""
        var isAuthenticated = true
        var expiresIn: Int?
        var extraMembers = ""
        var pause: Duration = .zero
        /// How many bytes of an object arrive before a connection is lost.
        var breaksAfter: Int?
    }

    /// What the server holds and has seen.
    struct State: Sendable {
        var habits = Habits()
        var objects: [String: [UInt8]] = [:]
        var requests: [HTTPRequest] = []
        /// Answers given in place of the next ones.
        var interruptions: [(matching: String, response: HTTPResponse)] = []
    }

    let state = Mutex(State())

    init(_ habits: Habits = Habits()) { state.withLock { $0.habits = habits } }

    static let endpoint = "https://git.example.com/team/qa.git/info/lfs"

    func requests(_ method: String, containing part: String = "") -> [HTTPRequest] {
        state.withLock { $0.requests.filter { $0.method == method && $0.url.contains(part) } }
    }

    /// Gives an answer to the next request whose method and URL contain a text.
    func interrupt(_ matching: String, _ response: HTTPResponse) {
        state.withLock { $0.interruptions.append((matching, response)) }
    }

    func send(_ request: HTTPRequest, limit: Int) async throws -> HTTPResponse {
        let pause = state.withLock { $0.habits.pause }
        if pause > .zero { try await Task.sleep(for: pause) }
        let response = state.withLock { $0.answer(request) }
        guard response.body.count <= limit else { throw StoreError(.corrupt, "the body is larger than \(limit) bytes") }
        return response
    }

    func receive(_ request: HTTPRequest, into body: ReceivedBody, limit: UInt64) async throws -> HTTPResponse {
        var answer = try await send(request, limit: Int(limit))
        let end = state.withLock { $0.habits.breaksAfter } ?? .max
        guard answer.isSuccess, answer.body.count > end else { return try body.take(answer, limit: limit) }
        answer.body.removeSubrange(end...)
        _ = try body.take(answer, limit: limit)
        throw StoreError(.unavailable, "the connection was lost")
    }
}

extension FakeLFSServer.State {
    mutating func answer(_ request: HTTPRequest) -> HTTPResponse {
        requests.append(request)
        if let index = interruptions.firstIndex(where: { "\(request.method) \(request.url)".contains($0.matching) }) {
            return interruptions.remove(at: index).response
        }
        let isBatch = request.url == FakeLFSServer.endpoint + "/objects/batch"
        if isBatch, let wanted = habits.authorization, request.field("Authorization") != wanted {
            return HTTPResponse(status: 401, fields: [HTTPField("LFS-Authenticate", "Basic realm=\"git\"")])
        }
        if isBatch { return batch(request.bytes) }
        guard request.url.hasPrefix(habits.storage) else { return HTTPResponse(status: 404) }
        let oid = String(request.url.dropFirst(habits.storage.count).prefix(64))
        switch request.method {
        case "PUT":
            if !habits.dropsUploads { objects[oid] = request.bytes }
            return HTTPResponse(status: 200)
        case "POST":
            return HTTPResponse(status: objects[oid] == nil ? 404 : 200)
        default:
            guard let bytes = objects[oid] else { return HTTPResponse(status: 404) }
            guard habits.sendsRanges, let range = request.field("Range") else {
                return HTTPResponse(status: 200, body: bytes)
            }
            let bounds = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, first < bytes.count else { return HTTPResponse(status: 416) }
            let last = min(bounds.count > 1 ? bounds[1] : .max, bytes.count - 1)
            return HTTPResponse(
                status: 206, fields: [HTTPField("Content-Range", "bytes \(bounds[0])-\(last)/\(bytes.count)")],
                body: Array(bytes[bounds[0]...last]))
        }
    }

    private func batch(_ body: [UInt8]) -> HTTPResponse {
        let text = String(decoding: body, as: UTF8.self)
        let isUpload = text.contains("\"operation\":\"upload\"")
        let asked = text.split(separator: "{\"oid\":\"").dropFirst().compactMap { part -> (oid: String, size: Int)? in
            guard let size = Int(part.dropFirst(64).drop { !$0.isNumber }.prefix { $0.isNumber }) else { return nil }
            return (String(part.prefix(64)), size)
        }
        let type = HTTPField("Content-Type", "application/vnd.git-lfs+json; charset=utf-8")
        if asked.count > habits.batchLimit { return HTTPResponse(status: 413, fields: [type]) }
        if !isUpload, habits.answersWhollyMissingBatchesWith404, asked.allSatisfy({ objects[$0.oid] == nil }) {
            return HTTPResponse(status: 404, fields: [type], body: Array(#"{"message":"none"}"#.utf8))
        }
        if !isUpload, habits.answersWhollyMissingBatchesWith404, habits.checksSizes,
            asked.allSatisfy({ objects[$0.oid].map(\.count) != $0.size })
        {
            return HTTPResponse(status: 422, fields: [type], body: Array(#"{"message":"none valid"}"#.utf8))
        }
        let answers = asked.map { isUpload ? uploadAnswer($0.oid, $0.size) : downloadAnswer($0.oid, $0.size) }
        let json = "{\"transfer\":\"basic\",\"objects\":[\(answers.joined(separator: ","))]\(habits.extraMembers)}"
        return HTTPResponse(status: 200, fields: [type], body: Array(json.utf8))
    }

    private func uploadAnswer(_ oid: String, _ size: Int) -> String {
        let head = "{\"oid\":\"\(oid)\",\"size\":\(size),\"authenticated\":\(habits.isAuthenticated)"
        if objects[oid]?.count == size, !habits.alwaysOffersUpload { return head + "}" }
        let verify = habits.verifies ? ",\"verify\":\(action(oid + "/verify"))" : ""
        return head + ",\"actions\":{\"upload\":\(action(oid))\(verify)}}"
    }

    private func downloadAnswer(_ oid: String, _ size: Int) -> String {
        guard let bytes = objects[oid] else {
            return "{\"oid\":\"\(oid)\",\"size\":\(size),\"error\":{\"code\":404,\"message\":\"not there\"}}"
        }
        guard bytes.count == size || !habits.checksSizes else {
            return "{\"oid\":\"\(oid)\",\"size\":\(size),\"error\":{\"code\":422,\"message\":\"another size\"}}"
        }
        return "{\"oid\":\"\(oid)\",\"size\":\(bytes.count),\"authenticated\":\(habits.isAuthenticated),"
            + "\"actions\":{\"download\":\(action(oid))}}"
    }

    private func action(_ path: String) -> String {
        let expiry = habits.expiresIn.map { ",\"expires_in\":\($0)" } ?? ""
        return "{\"href\":\"\(habits.storage)\(path)\",\"header\":{\(habits.actionFields)}\(expiry)}"
    }
}

extension HTTPRequest {
    /// The value of a field, or nil.
    func field(_ name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// The body's bytes.
    var bytes: [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .file(let path, let range):
            guard let file = fopen(path, "r") else { return [] }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: Int(range.count))
            return fread(&bytes, 1, bytes.count, file) == bytes.count ? bytes : []
        }
    }
}
