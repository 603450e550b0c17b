import ModmetaLFS
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaNetwork

@Suite struct LFSServerStoreTests {
    /// Payloads on a server, documents in memory.
    @Test(arguments: ObjectStoreContract.Obligation.allCases, [true, false])
    func keepsTheContract(_ obligation: ObjectStoreContract.Obligation, sendsRanges: Bool) async throws {
        let directory = try TemporaryDirectory()
        let exemptions: ObjectStoreContract.Exemptions = [.deletingObjects, .listingObjects, .tornObjects]
        let contract = ObjectStoreContract(exemptions: exemptions) {
            let server = FakeLFSServer(.init(sendsRanges: sendsRanges))
            let objects = LFSObjects(
                server: try LFSServerURL(FakeLFSServer.endpoint), transport: server, purpose: .upload,
                spoolDirectory: directory.path("spool"))
            return LFSServerStore(objects: objects, documents: MemoryStore())
        }
        try await contract.check(obligation)
    }
}
