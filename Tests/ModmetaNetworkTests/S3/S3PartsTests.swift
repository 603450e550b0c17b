import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaNetwork

@Suite struct S3PartsTests {
    /// The part of an S3 service that puts parts together.
    final class Service: Sendable {
        struct State {
            var uploads: [String: [Int: [UInt8]]] = [:]
            var files: [String: [UInt8]] = [:]
            var sentParts: [Int] = []
            var aborted: [String] = []
            var initiated = "2026-11-21T10:00:00.000Z"
            /// The part whose sending fails.
            var refusedPart: Int?
            var losesAcknowledgement = false
        }
        let state = Mutex(State())

        func answer(_ request: HTTPRequest) throws -> HTTPResponse {
            let address = try #require(HTTPAddress(request.url))
            var query: [String: String] = [:]
            for pair in address.target.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
                let name = pair.prefix { $0 != "=" }
                query[String(name)] = String(pair.dropFirst(name.count + 1))
            }
            var body: [UInt8] = []
            if case .bytes(let bytes) = request.body { body = bytes }
            return try state.withLock { try answer(request.method, address.path, query, body, &$0) }
        }

        private func answer(
            _ method: String, _ path: String, _ query: [String: String], _ body: [UInt8], _ state: inout State
        ) throws -> HTTPResponse {
            let xml = { (text: String) in HTTPResponse(status: 200, body: Array(text.utf8)) }
            let tag = { (bytes: [UInt8]) in "\"\(Hexadecimal.text(MD5.hash(bytes) ?? []))\"" }
            switch (method, query["uploadId"]) {
            case ("POST", nil):
                let id = "u\(state.uploads.count)"
                state.uploads[id] = [:]
                return xml("<InitiateMultipartUploadResult><UploadId>\(id)</UploadId></InitiateMultipartUploadResult>")
            case ("GET", nil):
                let uploads = state.uploads.keys.map {
                    "<Upload><Key>large</Key><UploadId>\($0)</UploadId><Initiated>\(state.initiated)</Initiated></Upload>"
                }
                return xml("<ListMultipartUploadsResult>\(uploads.joined())</ListMultipartUploadsResult>")
            case ("GET", .some(let id)):
                let parts = (state.uploads[id] ?? [:]).sorted { $0.key < $1.key }.map {
                    "<Part><PartNumber>\($0.key)</PartNumber><ETag>\(tag($0.value))</ETag><Size>\($0.value.count)</Size></Part>"
                }
                return xml("<ListPartsResult>\(parts.joined())</ListPartsResult>")
            case ("PUT", .some(let id)):
                let number = try #require(query["partNumber"].flatMap { Int($0) })
                if number == state.refusedPart { return HTTPResponse(status: 403) }
                state.sentParts.append(number)
                state.uploads[id]?[number] = body
                return HTTPResponse(status: 200, fields: [HTTPField("ETag", tag(body))])
            case ("POST", .some(let id)):
                guard let parts = state.uploads.removeValue(forKey: id) else { return HTTPResponse(status: 404) }
                state.files[path] = parts.sorted { $0.key < $1.key }.flatMap(\.value)
                if state.losesAcknowledgement { throw StoreError(.unavailable, "reset") }
                return xml("<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>")
            case ("DELETE", .some(let id)):
                state.uploads[id] = nil
                state.aborted.append(id)
                return HTTPResponse(status: 204)
            default:
                guard let file = state.files[path] else { return HTTPResponse(status: 404) }
                return HTTPResponse(status: 200, fields: [HTTPField("Content-Length", "\(file.count)")])
            }
        }
    }

    private let service = Service()
    private let content = (0..<(4 << 20) + 5).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) }

    private func bucket() throws -> S3Bucket {
        var configuration = S3Configuration()
        configuration.endpoint = "http://s3"
        let service = service
        return try S3Bucket(
            "models", prefix: "", configuration: configuration,
            transport: ScriptedTransport { request, _ in try service.answer(request) },
            retry: RetryPolicy(attempts: 3, sleep: { _ in }),
            partLimits: S3PartLimits(singleLimit: 2 << 20, partSize: 1 << 20), now: { 1_795_258_482 })
    }

    private var stored: [UInt8]? { service.state.withLock { $0.files["/models/large"] } }

    @Test func largeFilesGoInParts() async throws {
        #expect(try await bucket().put("large", .bytes(content), .always) == .created)
        #expect(stored == content)
        #expect(service.state.withLock { $0.sentParts.sorted() } == [1, 2, 3, 4, 5])
    }

    @Test func goesOnWhereItBrokeOff() async throws {
        service.state.withLock { $0.refusedPart = 5 }
        #expect(await storeError { try await bucket().put("large", .bytes(content), .always) }?.code == .denied)
        let before = service.state.withLock { state in
            state.refusedPart = nil
            return state.sentParts
        }
        #expect(!before.isEmpty)
        _ = try await bucket().put("large", .bytes(content), .always)
        #expect(stored == content)
        #expect(service.state.withLock { $0.sentParts.sorted() } == [1, 2, 3, 4, 5])
    }

    @Test func otherContentStartsAnew() async throws {
        service.state.withLock {
            $0.refusedPart = 5
            $0.initiated = "2026-11-01T10:00:00.000Z"
        }
        _ = await storeError { try await bucket().put("large", .bytes(content), .always) }
        service.state.withLock { $0.refusedPart = nil }
        let other = Array(content.reversed())
        _ = try await bucket().put("large", .bytes(other), .always)
        #expect(stored == other)
        #expect(service.state.withLock { $0.aborted } == ["u0"])
    }

    @Test func aLostAcknowledgementIsRecognised() async throws {
        service.state.withLock { $0.losesAcknowledgement = true }
        #expect(try await bucket().put("large", .bytes(content), .always) == .created)
        #expect(stored == content)
    }
}
