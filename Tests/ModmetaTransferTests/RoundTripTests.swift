import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Testing

@Suite struct RoundTripTests {
    @Test func versionsComeBackBitForBit() async throws {
        let bench = try Workbench()
        let reader = try Workbench(store: bench.store)
        var model = SyntheticCheckpoint.model()
        var previous: [ObjectID] = []
        var sizes: [Int] = []
        for _ in 0..<3 {
            let file = model.file()
            let before = try await bench.storedBytes()
            let object = try await bench.push(file, after: previous)
            sizes.append(try await bench.storedBytes() - before)
            #expect(try await reader.fetch(object, size: file.count) == file)
            previous = [object]
            model.train()
        }
        // The first is smaller than raw, and a step costs a fraction of the first.
        #expect(sizes[0] < 9_300_000)
        #expect(sizes[1] * 4 < sizes[0])
        #expect(sizes[2] * 4 < sizes[0])
    }

    @Test func aSecondPushSendsNothing() async throws {
        let bench = try Workbench()
        let file = SyntheticCheckpoint.model().file()
        try await bench.push(file)
        let before = try await bench.storedBytes()
        try await bench.push(file)
        #expect(try await bench.storedBytes() == before)
    }

    @Test func aBaseIsFoundWithoutHistory() async throws {
        let bench = try Workbench()
        var model = SyntheticCheckpoint.model()
        try await bench.push(SyntheticCheckpoint.model(seed: 9).file())
        try await bench.push(model.file())
        model.train()
        let before = try await bench.storedBytes()
        let file = model.file()
        let object = try await bench.push(file)
        #expect(try await bench.storedBytes() - before < file.count / 4)
        #expect(try await bench.fetch(object, size: file.count) == file)
    }

    @Test func reorderingAndANewHeaderCostAlmostNothing() async throws {
        let bench = try Workbench()
        let model = SyntheticCheckpoint.model()
        let first = try await bench.push(model.file())
        let before = try await bench.storedBytes()
        let moved = model.file(order: [4, 8, 0, 2, 1, 3, 7, 6, 5], metadata: "pt, written by something else")
        let object = try await bench.push(moved, after: [first])
        #expect(try await bench.storedBytes() - before < moved.count / 100)
        let reader = try Workbench(store: bench.store)
        #expect(try await reader.fetch(object, size: moved.count) == moved)
    }

    @Test(arguments: [0, 1, 7, 9, 1000, 200_000, 3_000_000])
    func opaqueFilesOfAnySizeComeBack(size: Int) async throws {
        let bench = try Workbench()
        var random = SeededRandom(seed: UInt64(size))
        let file = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let object = try await bench.push(file)
        #expect(try await Workbench(store: bench.store).fetch(object, size: size) == file)
    }

    @Test func aChangedOpaqueFileSendsWhatChanged() async throws {
        let bench = try Workbench()
        var random = SeededRandom(seed: 5)
        var file = (0..<6_000_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let first = try await bench.push(file)
        file.insert(contentsOf: [1, 2, 3, 4, 5], at: 2_500_000)
        let before = try await bench.storedBytes()
        let second = try await bench.push(file, after: [first])
        #expect(try await bench.storedBytes() - before < 30_000)
        #expect(try await Workbench(store: bench.store).fetch(second, size: file.count) == file)
    }

    @Test func smallFilesAreStoredWhole() async throws {
        let bench = try Workbench()
        let file = [UInt8](repeating: 3, count: 5000)
        let object = try await bench.push(file)
        #expect(try await bench.store.size(of: .object(object)) == 5000)
        #expect(try await bench.store.size(of: .manifest(object)) == nil)
    }

    @Test func everythingIsStoredWholeOnRequest() async throws {
        let bench = try Workbench()
        let file = SyntheticCheckpoint.model().file()
        let object = try bench.add(file)
        try await Uploader(context: bench.context(storesWhole: true), history: nil)
            .upload(object, size: UInt64(file.count), path: bench.path(of: object)) { _ in }
        #expect(try await bench.store.read(.object(object), limit: file.count) == file)
        #expect(try await bench.store.size(of: .manifest(object)) != nil)
    }
}
