import Foundation
import ModmetaFormats
import ModmetaLFS
import Testing

/// Messages of programs that others wrote, as they went over the line; of tokens only the place is left.
@Suite struct RecordedMessageTests {
    private static let hello = ObjectID(SHA256.hash(Array("hello".utf8)))

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name).json")))
    }

    @Test func uploadToGiftless() throws {
        let response = try BatchResponse(parsing: bytes("giftless-upload"))
        #expect(response.transfer == "basic" && response.hashAlgorithm == nil && response.objects.count == 1)
        let object = try #require(response.objects.first)
        #expect(object.id == Self.hello && object.size == 5 && object.isAuthenticated && object.error == nil)
        #expect(object.actions.upload?.href.hasSuffix("/objects/storage/\(Self.hello)") == true)
        #expect(object.actions.upload?.header == [LFSHeaderField("Authorization", "Bearer token")])
        #expect(object.actions.upload?.expiresIn == 900 && object.actions.verify?.expiresIn == 43_200)
        #expect(try BatchResponse(parsing: response.serialized()) == response)
    }

    @Test func downloadFromGiftless() throws {
        let response = try BatchResponse(parsing: bytes("giftless-download"))
        #expect(response.objects.map(\.size) == [5, 6])
        #expect(response.objects.first?.actions.download?.href.hasSuffix("?jwt=token") == true)
        #expect(response.objects.last?.error == .init(code: 404, message: "Object does not exist"))
        #expect(try BatchResponse(parsing: response.serialized()) == response)
    }

    @Test(arguments: [
        ("giftless-missing", "404 Not Found: Cannot find any of the requested objects"),
        (
            "giftless-refusal",
            "422 Unprocessable Entity: The request was well-formed but was unable to be followed due to semantic errors."
        ),
    ])
    func refusalsOfGiftless(_ name: String, _ message: String) throws {
        #expect(LFSErrorBody(reading: try bytes(name)) == LFSErrorBody(message: message))
    }

    @Test func requestOfGitLFS() throws {
        let request = try BatchRequest(parsing: bytes("git-lfs-request"))
        #expect(request.objects == [BatchObject(id: Self.hello, size: 5)])
        #expect(request.transfers.contains("basic") && request.hashAlgorithm == "sha256")
        #expect(request.ref?.hasPrefix("refs/heads/") == true)
        #expect(try BatchRequest(parsing: request.serialized()) == request)
    }
}
