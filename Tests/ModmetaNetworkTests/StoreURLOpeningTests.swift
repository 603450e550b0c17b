import ModmetaNetwork
import ModmetaStore
import Testing

@Suite struct StoreURLOpeningTests {
    @Test func serversAreUnsupported() async throws {
        let url = try StoreURL("modmeta::https://u:s3cret@h/p")
        let error = await #expect(throws: StoreError.self) { try await url.open() }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("s3cret") == false)
        await #expect(throws: StoreError.self) { try await url.create() }
    }
}
