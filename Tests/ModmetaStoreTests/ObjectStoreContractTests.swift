import ModmetaStore
import ModmetaTesting
import Testing

@Suite struct ObjectStoreContractTests {
    @Test(arguments: ObjectStoreContract.Obligation.allCases)
    func memory(_ obligation: ObjectStoreContract.Obligation) async throws {
        try await ObjectStoreContract { MemoryStore() }.check(obligation)
    }

    @Test(arguments: ObjectStoreContract.Obligation.allCases)
    func local(_ obligation: ObjectStoreContract.Obligation) async throws {
        let directory = try TemporaryDirectory()
        let contract = ObjectStoreContract {
            let store = try await LocalStore.create(at: directory.path("store"))
            try await store.delete(.format)
            return store
        }
        try await contract.check(obligation)
        let leftovers = try directory.names("store/modmeta/tmp")
        #expect(leftovers.isEmpty)
    }

    @Test(arguments: ObjectStoreContract.Obligation.allCases)
    func retrying(_ obligation: ObjectStoreContract.Obligation) async throws {
        try await ObjectStoreContract { RetryingStore(MemoryStore(), policy: .once) }.check(obligation)
    }

    /// The suite itself must notice a store that breaks its promises.
    @Test(arguments: [
        BrokenStore.Defect.lastWriterWins, .shortRanges, .ignoresLimits, .listsTwice, .swapsBlindly,
    ])
    func noticesBrokenStore(_ defect: BrokenStore.Defect) async throws {
        let contract = ObjectStoreContract { BrokenStore(defect: defect) }
        await #expect(throws: ContractViolation.self) { try await contract.run() }
    }
}
