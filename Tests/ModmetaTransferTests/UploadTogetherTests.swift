import ModmetaFormats
import ModmetaTransfer
import Testing

/// Files that several agents upload at the same moment serve each other.
@Suite(.timeLimit(.minutes(5))) struct UploadTogetherTests {
    private static let shapes = [("embed.weight", 2000, 512), ("layer.weight", 384, 512), ("layer.bias", 1, 384)]

    private static func versions(_ count: Int, of shapes: [(String, Int, Int)] = shapes) -> [[UInt8]] {
        var model = SyntheticCheckpoint(seed: 7, shapes: shapes)
        return (0..<count).map { _ in
            defer { model.train() }
            return model.file()
        }
    }

    /// Uploads files at once, each by an agent of its own, and compares what comes back.
    private static func push(
        _ files: [[UInt8]], to bench: Workbench, previous: ((Int) -> [ObjectID])? = nil
    ) async throws {
        let objects = try files.map { try bench.add($0) }
        try await withThrowingDiscardingTaskGroup { group in
            for (index, file) in files.enumerated() {
                let history = previous.map { FixedHistory(previous: $0(index)) }
                group.addTask {
                    try await Uploader(context: bench.context(), history: history)
                        .upload(objects[index], size: UInt64(file.count), path: bench.path(of: objects[index])) { _ in }
                }
            }
        }
        for (object, file) in zip(objects, files) {
            #expect(try await bench.fetch(object, size: file.count) == file)
        }
    }

    private static func oneByOne(_ files: [[UInt8]]) async throws -> Int {
        let bench = try Workbench()
        var previous: [ObjectID] = []
        for file in files { previous.insert(try await bench.push(file, after: previous), at: 0) }
        return try await bench.storedBytes()
    }

    @Test("versions of one file cost what they cost one after another, in whatever order they come")
    func versions() async throws {
        let files = Self.versions(6)
        let apart = try await Self.oneByOne(files)
        for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]] {
            let bench = try Workbench()
            let objects = files.map { ObjectID(SHA256.hash($0)) }
            try await Self.push(order.map { files[$0] }, to: bench) { Array(objects[..<order[$0]].reversed()) }
            #expect(Double(try await bench.storedBytes()) <= 1.1 * Double(apart))
        }
    }

    @Test("files that are alike serve each other without a history")
    func alike() async throws {
        let files = Self.versions(4)
        let bench = try Workbench()
        try await Self.push(files, to: bench)
        #expect(Double(try await bench.storedBytes()) <= 1.15 * Double(try await Self.oneByOne(files)))
    }

    @Test("the same tensors in two formats are sent once, in the first version and in the next")
    func twoFormats() async throws {
        var model = SyntheticCheckpoint(seed: 5, shapes: Self.shapes)
        let bench = try Workbench()
        let single = try Workbench()
        var previous: [[ObjectID]] = [[], []]
        var alone: [ObjectID] = []
        for step in 0..<3 {
            let pair = [model.file(), TorchArchive.file(model, root: "m", save: UInt64(step))]
            let known = previous
            try await Self.push(pair, to: bench) { known[$0] }
            alone.insert(try await single.push(pair[0], after: alone), at: 0)
            let (both, one) = (try await bench.storedBytes(), try await single.storedBytes())
            #expect(Double(both) <= 1.04 * Double(one) + 20_000, "step \(step): \(both) and \(one)")
            for index in 0..<2 { previous[index].insert(ObjectID(SHA256.hash(pair[index])), at: 0) }
            model.train()
        }
    }

    @Test("many small files of one kind are sent several at a time, once there is one")
    func small() async throws {
        let files = Self.versions(16, of: [("l.lora_A.weight", 8, 4096), ("l.lora_B.weight", 4096, 8)])
        let bench = try Workbench()
        try await Self.push(files, to: bench)
        #expect(Double(try await bench.storedBytes()) <= 1.3 * Double(try await Self.oneByOne(files)))
    }

    @Test("an upload that fails lets those go on that waited for it")
    func failure() async throws {
        let files = Self.versions(3)
        let bench = try Workbench()
        let objects = try files.map { try bench.add($0) }
        // Another file under the name of the first.
        try write(files[1], to: bench.path(of: objects[0]))
        try await withThrowingDiscardingTaskGroup { group in
            for (index, file) in files.enumerated() {
                let history = FixedHistory(previous: Array(objects[..<index].reversed()))
                group.addTask {
                    let uploader = Uploader(context: bench.context(), history: history)
                    let upload = {
                        try await uploader.upload(
                            objects[index], size: UInt64(file.count), path: bench.path(of: objects[index])
                        ) { _ in }
                    }
                    if index == 0 {
                        await #expect(throws: TransferError.self) { try await upload() }
                    } else {
                        try await upload()
                    }
                }
            }
        }
        for index in 1...2 { #expect(try await bench.fetch(objects[index], size: files[index].count) == files[index]) }
    }
}
