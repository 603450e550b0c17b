import Glibc
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Testing

/// The contract on a real service: `MODMETA_TEST_S3` names a bucket, the variables `AWS_*` the rest.
///
/// With `MODMETA_TEST_S3_CONDITIONS=ignored`, the service is one that ignores conditional writes.
@Suite(.enabled(if: getenv("MODMETA_TEST_S3") != nil), .serialized) struct S3ServiceTests {
    private func bucket(_ prefix: String) throws -> S3Bucket {
        let name = try #require(getenv("MODMETA_TEST_S3").map { String(cString: $0) })
        return try StoreAccess().bucket(name, prefix: prefix)
    }

    private static let ignoresConditions =
        getenv("MODMETA_TEST_S3_CONDITIONS").map { String(cString: $0) } == "ignored"

    @Test(arguments: ObjectStoreContract.Obligation.allCases)
    func contract(_ obligation: ObjectStoreContract.Obligation) async throws {
        if Self.ignoresConditions, [.formatSwap, .formatRace, .writersOfOneKey].contains(obligation) { return }
        let bucket = try bucket("contract-\(UInt64.random(in: .min ... .max))")
        try await ObjectStoreContract { BucketStore(files: bucket) }.check(obligation)
    }

    @Test func pagesAndOrder() async throws {
        let bucket = try bucket("pages-\(UInt64.random(in: .min ... .max))")
        let paths = (0..<45).map { "p/\(100 + $0)" }
        for path in paths { _ = try await bucket.put(path, .bytes([1]), .always) }
        var found: [String] = []
        try await bucket.list(prefix: "p/") {
            found.append($0.path)
            return true
        }
        #expect(found == paths)
    }

    @Test func largeFilesGoInParts() async throws {
        let directory = try TemporaryDirectory()
        let bytes = ObjectStoreContract.bytes((65 << 20) + 3, seed: 1)
        try directory.write("large", bytes)
        let bucket = try bucket("parts-\(UInt64.random(in: .min ... .max))")
        #expect(try await bucket.put("large", .file(path: directory.path("large")), .always) == .created)
        #expect(try await bucket.read("large", limit: bytes.count) == bytes)
        let range: Range<UInt64> = (64 << 20)..<((65 << 20) + 3)
        #expect(try await bucket.read("large", range: range) == Array(bytes[Int(range.lowerBound)...]))
    }

    @Test func wrongKeysAreRefused() async throws {
        var environment = StoreAccess.processEnvironment
        environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
        let name = try #require(getenv("MODMETA_TEST_S3").map { String(cString: $0) })
        let bucket = try StoreAccess(environment: environment).bucket(name, prefix: "")
        #expect(await storeError { try await bucket.read("a", limit: 10) }?.code == .denied)
    }

    @Test func absentBucketsAreNamed() async throws {
        let bucket = try StoreAccess().bucket("absent-bucket-of-modmeta", prefix: "")
        let error = await storeError { try await BucketStore.open(bucket) }
        #expect(error?.code == .noStore, "\(error?.message ?? "no error")")
    }
}
