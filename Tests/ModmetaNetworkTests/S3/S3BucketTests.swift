import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaNetwork

@Suite struct S3BucketTests {
    private func bucket(
        _ transport: ScriptedTransport, endpoint: String? = "http://s3:9000", prefix: String = "qa", attempts: Int = 4,
        change: (inout S3Configuration) -> Void = { _ in }
    ) throws -> S3Bucket {
        var configuration = S3Configuration()
        configuration.credentials = S3Credentials(accessKey: "AK", secretKey: "geheim")
        configuration.endpoint = endpoint
        change(&configuration)
        return try S3Bucket(
            "models", prefix: prefix, configuration: configuration, transport: transport,
            retry: RetryPolicy(attempts: attempts, sleep: { _ in }),
            partLimits: S3PartLimits(singleLimit: 3 << 20, partSize: 1 << 20), now: { 1_795_258_482 })
    }

    private static func error(_ status: Int, _ code: String, fields: [HTTPField] = []) -> HTTPResponse {
        HTTPResponse(
            status: status, fields: fields,
            body: Array("<Error><Code>\(code)</Code><Message>words</Message></Error>".utf8))
    }

    struct Place: Sendable {
        var bucket: String
        var endpoint: String?
        var addressing: S3Configuration.Addressing?
        var region = "us-east-1"
        var url: String
    }

    @Test(arguments: [
        Place(bucket: "models", url: "https://models.s3.us-east-1.amazonaws.com/a%20b/c"),
        Place(bucket: "models.x", url: "https://s3.us-east-1.amazonaws.com/models.x/a%20b/c"),
        Place(bucket: "m", region: "cn-north-1", url: "https://m.s3.cn-north-1.amazonaws.com.cn/a%20b/c"),
        Place(bucket: "models", addressing: .path, url: "https://s3.us-east-1.amazonaws.com/models/a%20b/c"),
        Place(bucket: "models", endpoint: "http://h:1/", url: "http://h:1/models/a%20b/c"),
        Place(bucket: "models", endpoint: "https://h/base", addressing: .virtual, url: "https://models.h/base/a%20b/c"),
    ])
    func placesOfBuckets(_ place: Place) throws {
        var configuration = S3Configuration()
        configuration.endpoint = place.endpoint
        configuration.addressing = place.addressing
        configuration.region = place.region
        #expect(try S3Location(bucket: place.bucket, configuration: configuration).url(key: "a b/c") == place.url)
    }

    @Test(arguments: ["", "..", "a/b", "a b", "a?b", "a@b"])
    func refusesNamesThatLeadElsewhere(_ name: String) {
        #expect(throws: StoreError.self) { try S3Location(bucket: name, configuration: S3Configuration()) }
    }

    @Test(arguments: ["..", "a/../b", "./a"])
    func refusesPrefixesThatLeadElsewhere(_ prefix: String) {
        #expect(throws: StoreError.self) {
            try bucket(ScriptedTransport { _, _ in HTTPResponse(status: 200) }, prefix: prefix)
        }
    }

    @Test func writesAreCheckedByTheService() async throws {
        let transport = ScriptedTransport { _, _ in HTTPResponse(status: 200) }
        _ = try await bucket(transport).put("a", .bytes(Array("abc".utf8)), .always)
        let request = try #require(transport.requests.first)
        #expect(request.url == "http://s3:9000/models/qa/a")
        #expect(request.fields.contains(HTTPField("Content-MD5", "kAFQmDzST7DWlj99KOF/cg==")))
        #expect(request.fields.contains { $0.name == "X-Amz-Content-SHA256" && $0.value.hasPrefix("ba7816bf") })
        #expect(!request.fields.contains { $0.value.contains("geheim") })
    }

    @Test func anybodyReadsWithoutASignature() async throws {
        let transport = ScriptedTransport { _, _ in HTTPResponse(status: 200, body: [1]) }
        _ = try await bucket(transport) { $0.credentials = nil }.read("a", limit: 1)
        #expect(transport.requests.first?.fields.isEmpty == true)
    }

    struct Answer: Sendable {
        var status: Int
        var word: String
        var code: StoreError.Code
        var requests = 1
    }

    @Test(arguments: [
        Answer(status: 404, word: "NoSuchKey", code: .missing),
        Answer(status: 404, word: "NoSuchBucket", code: .noStore),
        Answer(status: 403, word: "AccessDenied", code: .denied),
        Answer(status: 400, word: "ExpiredToken", code: .denied),
        Answer(status: 409, word: "OperationAborted", code: .unavailable, requests: 4),
        Answer(status: 429, word: "TooManyRequests", code: .unavailable, requests: 4),
        Answer(status: 500, word: "InternalError", code: .unavailable, requests: 4),
        Answer(status: 503, word: "SlowDown", code: .unavailable, requests: 4),
        Answer(status: 400, word: "BadDigest", code: .unavailable, requests: 4),
        Answer(status: 403, word: "QuotaExceeded", code: .full), Answer(status: 507, word: "X", code: .full),
        Answer(status: 501, word: "NotImplemented", code: .unsupported),
        Answer(status: 301, word: "PermanentRedirect", code: .unsupported),
        Answer(status: 400, word: "InvalidArgument", code: .system),
    ])
    func namesFailures(_ answer: Answer) async throws {
        let transport = ScriptedTransport { _, _ in
            Self.error(answer.status, answer.word, fields: [HTTPField("Retry-After", "7")])
        }
        let bucket = try bucket(transport)
        let error = await storeError { try await bucket.read("a", limit: 10) }
        #expect(error?.code == answer.code)
        #expect(error?.message.contains("cannot read a in s3://models/qa") == true)
        #expect(error?.message.contains("\(answer.word): words") == true)
        #expect((error?.retryAfter == .seconds(7)) == (answer.requests > 1))
        #expect(transport.requests.count == answer.requests)
    }

    @Test func retriesWhatMayPass() async throws {
        let transport = ScriptedTransport { _, before in
            switch before {
            case 0: throw StoreError(.unavailable, "reset")
            case 1: Self.error(503, "SlowDown")
            default: HTTPResponse(status: 200, body: [7])
            }
        }
        #expect(try await bucket(transport).read("a", limit: 1) == [7])
    }

    @Test func asksWhyHEADWasRefused() async throws {
        let transport = ScriptedTransport { request, _ in
            request.method == "HEAD" ? HTTPResponse(status: 403) : Self.error(403, "ExpiredToken")
        }
        let error = await storeError { try await bucket(transport).size(of: "a") }
        #expect(error?.code == .denied)
        #expect(error?.message.contains("the credentials have expired") == true)
        #expect(transport.requests.map(\.method) == ["HEAD", "GET"])
        #expect(transport.requests.last?.fields.contains(HTTPField("Range", "bytes=0-0")) == true)
    }

    @Test func learnsTheServersClock() async throws {
        let transport = ScriptedTransport { request, _ in
            guard request.fields.contains(HTTPField("X-Amz-Date", "20261121T115442Z")) else {
                return Self.error(
                    403, "RequestTimeTooSkewed", fields: [HTTPField("Date", "Sat, 21 Nov 2026 11:54:42 GMT")])
            }
            return HTTPResponse(status: 200)
        }
        let bucket = try bucket(transport)
        _ = try await bucket.read("a", limit: 1)
        _ = try await bucket.read("a", limit: 1)
        #expect(transport.requests.count == 3)
    }

    @Test func learnsTheBucketsRegion() async throws {
        let transport = ScriptedTransport { request, _ in
            guard request.fields.last?.value.contains("/eu-west-1/s3/") == true else {
                return HTTPResponse(status: 400, fields: [HTTPField("x-amz-bucket-region", "eu-west-1")])
            }
            return HTTPResponse(status: 200, fields: [HTTPField("Content-Length", "5")])
        }
        #expect(try await bucket(transport, endpoint: nil).size(of: "a") == 5)
        #expect(transport.requests.last?.url == "https://models.s3.eu-west-1.amazonaws.com/qa/a")
        let hostile = ScriptedTransport { _, _ in
            HTTPResponse(status: 400, fields: [HTTPField("x-amz-bucket-region", "evil.example.com/")])
        }
        _ = await storeError { try await bucket(hostile, endpoint: nil).size(of: "a") }
        #expect(hostile.requests.allSatisfy { $0.url == "https://models.s3.us-east-1.amazonaws.com/qa/a" })
        #expect(hostile.requests.map(\.method) == ["HEAD", "GET"])
    }

    /// Both are under way before either is answered, as when a store is opened.
    @Test(.timeLimit(.minutes(5))) func requestsAtTheSameTimeAreAllCorrected() async throws {
        let meeting = Meeting(of: ["a", "b"])
        let transport = ScriptedTransport { request, _ in
            await meeting.attend(String(request.url.suffix(1)))
            guard request.fields.last?.value.contains("/eu-west-1/s3/") == true else {
                return HTTPResponse(status: 400, fields: [HTTPField("x-amz-bucket-region", "eu-west-1")])
            }
            guard request.fields.contains(HTTPField("X-Amz-Date", "20261121T115442Z")) else {
                return Self.error(
                    403, "RequestTimeTooSkewed", fields: [HTTPField("Date", "Sat, 21 Nov 2026 11:54:42 GMT")])
            }
            return HTTPResponse(status: 200, fields: [HTTPField("Content-Length", "5")])
        }
        let bucket = try bucket(transport, endpoint: nil)
        async let one = bucket.size(of: "a")
        async let other = bucket.size(of: "b")
        let sizes = try await (one, other)
        #expect(sizes == (5, 5))
    }

    private static func listing(_ keys: [String], next token: String? = nil) -> HTTPResponse {
        let items = keys.map {
            "<Contents><Key>\($0)</Key><Size>4</Size><LastModified>1970-01-02T00:00:00.000Z</LastModified></Contents>"
        }
        let more = token.map {
            "<IsTruncated>true</IsTruncated><NextContinuationToken>\($0)</NextContinuationToken>"
        }
        return HTTPResponse(
            status: 200, body: Array("<ListBucketResult>\(items.joined())\(more ?? "")</ListBucketResult>".utf8))
    }

    @Test func listsPageByPage() async throws {
        let transport = ScriptedTransport { _, before in
            before == 0 ? Self.listing(["qa/x/1", "qa/x/&amp;"], next: "t+=") : Self.listing(["qa/x/3"])
        }
        var found: [BucketEntry] = []
        try await bucket(transport, endpoint: "https://s3:9000").list(prefix: "x/") {
            found.append($0)
            return true
        }
        #expect(found.map(\.path) == ["x/1", "x/&", "x/3"] && found[0].size == 4 && found[0].modified == 86_400)
        #expect(
            transport.requests.map(\.url) == [
                "https://s3:9000/models?list-type=2&max-keys=20&prefix=qa%2Fx%2F",
                "https://s3:9000/models?continuation-token=t%2B%3D&list-type=2&max-keys=1000&prefix=qa%2Fx%2F",
            ])
    }

    struct Looks: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var looks: [[String]]
        var result: [String]
    }

    @Test(arguments: [
        Looks(testDescription: "a damaged name", looks: [["q", "2"], ["1", "2"], ["1", "2"]], result: ["1", "2"]),
        Looks(testDescription: "a new file", looks: [["2"], ["1", "2"], ["1", "2"]], result: ["1", "2"]),
        Looks(
            testDescription: "new files again and again",
            looks: [["3"], ["2", "3"], ["1", "2", "3"], ["1", "2", "3"]],
            result: ["1", "2", "3"]),
        Looks(testDescription: "two damaged names", looks: [["a"], ["b"], ["1"], ["1"]], result: ["1"]),
    ])
    func listingsAreLookedAtTwiceWithoutTLS(_ example: Looks) async throws {
        let transport = ScriptedTransport { _, before in
            Self.listing(example.looks[before].map { "qa/\($0)" })
        }
        var found: [String] = []
        try await bucket(transport).list(prefix: "") {
            found.append($0.path)
            return true
        }
        #expect(found == example.result)
        #expect(transport.requests.count == example.looks.count)
    }

    @Test func damagedTokensAreNotFollowedWithoutTLS() async throws {
        let transport = ScriptedTransport { request, before in
            guard request.url.contains("token=right") else {
                return Self.listing(["qa/1"], next: before == 0 ? "wrong" : "right")
            }
            return Self.listing(["qa/2"])
        }
        var found: [String] = []
        try await bucket(transport).list(prefix: "") {
            found.append($0.path)
            return true
        }
        #expect(found == ["1", "2"])
    }

    @Test func listsThatChangeEachTimeAreGivenUp() async throws {
        let transport = ScriptedTransport { _, before in Self.listing(["qa/\(before)"]) }
        let error = await storeError { try await bucket(transport).list(prefix: "") { _ in true } }
        #expect(error?.message.contains("each time another list arrives") == true)
    }

    @Test func listingsThatLeadNowhereEnd() async throws {
        let transport = ScriptedTransport { _, _ in
            HTTPResponse(
                status: 200,
                body: Array(
                    "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
                        .utf8))
        }
        let error = await storeError { try await bucket(transport).list(prefix: "") { _ in true } }
        #expect(error?.code == .unavailable)
    }

    @Test func rangesOfServicesWithOtherHabits() async throws {
        let whole = (0..<100).map { UInt8($0) }
        let full = ScriptedTransport { request, _ in
            HTTPResponse(status: 200, fields: [HTTPField("Content-Length", "100")], body: whole)
        }
        #expect(try await bucket(full).read("a", range: 10..<20) == Array(whole[10..<20]))
        let named = ScriptedTransport { _, _ in
            HTTPResponse(
                status: 200, fields: [HTTPField("Content-Range", "bytes 10-19/100")], body: Array(whole[10..<20]))
        }
        #expect(try await bucket(named).read("a", range: 10..<20) == Array(whole[10..<20]))
        let other = ScriptedTransport { _, _ in
            HTTPResponse(status: 206, fields: [HTTPField("Content-Range", "bytes 0-9/100")], body: Array(whole[0..<10]))
        }
        #expect(await storeError { try await bucket(other).read("a", range: 10..<20) }?.code == .unavailable)
    }

    @Test func damageOnTheWayIsNoticedWithoutTLS() async throws {
        let tag = HTTPField("ETag", "\"900150983cd24fb0d6963f7d28e17f72\"")
        let once = ScriptedTransport { _, before in
            HTTPResponse(status: 200, fields: [tag], body: Array((before == 0 ? "abd" : "abc").utf8))
        }
        #expect(try await bucket(once).read("a", limit: 3) == Array("abc".utf8))
        // An ETag of another kind makes no file unreadable.
        let otherKind = ScriptedTransport { _, _ in HTTPResponse(status: 200, fields: [tag], body: [1, 2]) }
        #expect(try await bucket(otherKind).read("a", limit: 3) == [1, 2])
        #expect(otherKind.requests.count == 2)
    }

    @Test func conditionsAreProbed() async throws {
        let honest = ScriptedTransport { request, before in
            HTTPResponse(status: request.url.hasSuffix("modmeta/probe") ? 412 : 200)
        }
        let bucket = try bucket(honest)
        #expect(try await bucket.put("a", .bytes([]), .ifAbsent) == .created)
        #expect(try await bucket.put("b", .bytes([]), .ifAbsent) == .created)
        #expect(honest.requests.count == 3)
        let ignorant = ScriptedTransport { _, _ in HTTPResponse(status: 200) }
        let refused = try self.bucket(ignorant)
        for _ in 0..<2 {
            #expect(await storeError { try await refused.put("a", .bytes([]), .ifAbsent) }?.code == .unsupported)
        }
        #expect(ignorant.requests.count == 2)
    }

    @Test func conditionsAreProbedOnceForAll() async throws {
        let honest = ScriptedTransport { request, _ in
            HTTPResponse(status: request.url.hasSuffix("modmeta/probe") ? 412 : 200)
        }
        let bucket = try bucket(honest)
        bucket.expectConditions()
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<8 { group.addTask { _ = try await bucket.put("\(number)", .bytes([]), .ifAbsent) } }
        }
        #expect(honest.requests.count == 9)
    }

    @Test func openingToWriteProbesStoresOnly() async throws {
        let transport = ScriptedTransport { request, _ in
            request.url.contains("?") ? Self.listing([]) : Self.error(404, "NoSuchKey")
        }
        let bucket = try bucket(transport)
        let error = await storeError { try await BucketStore.open(bucket, isWriter: true) }
        #expect(error?.code == .noStore)
        #expect(transport.requests.allSatisfy { $0.method == "GET" })
    }

    @Test func aProbeThatFailedIsRepeated() async throws {
        let transport = ScriptedTransport { request, before in
            if before == 0 { return Self.error(403, "AccessDenied") }
            return HTTPResponse(status: request.url.hasSuffix("modmeta/probe") ? 412 : 200)
        }
        let bucket = try bucket(transport)
        #expect(await storeError { try await bucket.put("a", .bytes([]), .ifAbsent) }?.code == .denied)
        #expect(try await bucket.put("a", .bytes([]), .ifAbsent) == .created)
    }

    @Test func bucketsInUseAreShared() throws {
        let access = StoreAccess(environment: ["AWS_ENDPOINT_URL": "http://127.0.0.1:9"])
        let bucket = try access.bucket("models", prefix: "qa")
        let again = StoreAccess(environment: ["AWS_ENDPOINT_URL": "http://127.0.0.1:9"])
        #expect(try again.bucket("models", prefix: "qa") === bucket)
        #expect(try again.bucket("models", prefix: "qb") !== bucket)
        let other = StoreAccess(
            environment: ["AWS_ENDPOINT_URL": "http://127.0.0.1:9"],
            gitConfiguration: [HTTPConfiguration.Entry("http.sslverify", "false")])
        #expect(try other.bucket("models", prefix: "qa") !== bucket)
    }

    @Test func partsAreAlwaysTheSame() {
        let limits = S3PartLimits()
        #expect(limits.parts(of: (64 << 20) + 1).count == 5)
        let many = limits.parts(of: 400 << 30)
        #expect(many.count <= 10_000 && many.last?.upperBound == 400 << 30 && many[0].count % (1 << 20) == 0)
    }
}
