import ModmetaDelta
import ModmetaFormats
import Synchronization
import Testing

@Suite struct PatchFileTests {
    @Test func reorderedFileRoundTrips() async throws {
        let files = try PatchFiles()
        let summary = try await PatchFile.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        #expect(summary.newDigest == SHA256.hash(files.newBytes))
        try await PatchFile.apply(patch: files.patch, old: files.old, output: files.output)
        #expect(try ScratchDirectory.read(files.output) == files.newBytes)
        #expect(try ScratchDirectory.read(files.patch).count * 3 < files.newBytes.count)
    }

    @Test func bytesOfTheNewFileAreToldAsTheyAreDone() async throws {
        let files = try PatchFiles()
        let steps = Mutex<[UInt64]>([])
        let size = UInt64(files.newBytes.count)
        let note: PatchProgress = { done, total in
            #expect(total == size)
            steps.withLock { $0.append(done) }
        }
        try await PatchFile.create(
            old: files.old, new: files.new, plan: files.plan, output: files.patch, progress: note)
        let ends = files.plan.chunks.map { UInt64($0.range.upperBound) }
        #expect(steps.withLock { $0 } == ends)
        try await PatchFile.apply(patch: files.patch, old: files.old, output: files.output, progress: note)
        #expect(steps.withLock { $0 } == ends + ends)
    }

    @Test(arguments: [-5000, 0, 5000]) func opaqueFileRoundTrips(_ change: Int) async throws {
        let directory = ScratchDirectory()
        let bytes = Samples.weights(.byte, bytes: 50_000, seed: 30)
        let changed =
            change < 0
            ? Array(bytes[0..<20_000] + bytes[(20_000 - change)...])
            : bytes[0..<20_000] + Samples.weights(.byte, bytes: change, seed: 31) + bytes[20_000...]
        let old = try directory.write(bytes, "old")
        let new = try directory.write(changed, "new")
        let size = UInt64(changed.count)
        let plan = PatchPlan(
            old: .opaque(size: UInt64(bytes.count)), new: .opaque(size: size),
            chunks: [
                PlannedChunk(
                    range: 0..<size, pieces: [PlannedChunk.Piece(tensor: nil, range: 0..<size, element: .byte)])
            ])
        try await PatchFile.create(old: old, new: new, plan: plan, output: directory.path + "/patch")
        try await PatchFile.apply(patch: directory.path + "/patch", old: old, output: directory.path + "/output")
        #expect(try ScratchDirectory.read(directory.path + "/output") == changed)
        #expect(try ScratchDirectory.read(directory.path + "/patch").count < max(change, 0) + 500)
    }

    @Test func emptyFilesRoundTrip() async throws {
        let directory = ScratchDirectory()
        let old = try directory.write([], "old")
        let new = try directory.write([], "new")
        let plan = PatchPlan(old: .opaque(size: 0), new: .opaque(size: 0), chunks: [])
        try await PatchFile.create(old: old, new: new, plan: plan, output: directory.path + "/patch")
        try await PatchFile.apply(patch: directory.path + "/patch", old: old, output: directory.path + "/output")
        #expect(try ScratchDirectory.read(directory.path + "/output") == [])
    }

    @Test func otherOldFileIsRefused() async throws {
        let files = try PatchFiles()
        try await PatchFile.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        var other = files.oldBytes
        other[other.count / 2] ^= 1
        _ = try files.directory.write(other, "old")
        let error = await #expect(throws: DeltaError.self) {
            try await PatchFile.apply(patch: files.patch, old: files.old, output: files.output)
        }
        #expect(error?.message.contains("is not the file that") == true)
    }

    /// Flipping any bit never makes wrong output, and a refused patch leaves no file under its name or beside it.
    @Test func damagedPatchMakesNoWrongFile() async throws {
        let files = try PatchFiles(bytes: 3000)
        try await PatchFile.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
        let patch = try ScratchDirectory.read(files.patch)
        var generator = Generator(seed: 32)
        var refused = 0
        for round in 0..<400 {
            var damaged = patch
            let index = round < 150 ? round : Int.random(in: 0..<patch.count, using: &generator)
            damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            _ = try files.directory.write(damaged, "patch")
            do {
                try await PatchFile.apply(patch: files.patch, old: files.old, output: files.output)
                // A few bits have no meaning, for example the element kind of unfiltered bytes.
                #expect(try ScratchDirectory.read(files.output) == files.newBytes)
                try files.directory.remove("output")
            } catch is DeltaError {
                refused += 1
                #expect(Set(files.directory.names) == ["old", "new", "patch"])
            }
        }
        #expect(refused > 380)
        for length in stride(from: 0, to: patch.count, by: 37) {
            _ = try files.directory.write(Array(patch.prefix(length)), "patch")
            await #expect(throws: DeltaError.self, "\(length) bytes") {
                try await PatchFile.apply(patch: files.patch, old: files.old, output: files.output)
            }
        }
    }

    @Test func manyChunksKeepTheirOrder() async throws {
        let directory = ScratchDirectory()
        let bytes = Samples.weights(.bfloat16, bytes: 60_000, seed: 33)
        let changed = Array(bytes.reversed())
        let old = try directory.write(bytes, "old")
        let new = try directory.write(changed, "new")
        let chunks = stride(from: UInt64(0), to: 60_000, by: 600).map { start in
            let range = start..<start + 600
            return PlannedChunk(
                range: range, pieces: [PlannedChunk.Piece(tensor: nil, range: range, element: .bfloat16)])
        }
        let plan = PatchPlan(old: .opaque(size: 60_000), new: .opaque(size: 60_000), chunks: chunks)
        try await PatchFile.create(old: old, new: new, plan: plan, output: directory.path + "/patch")
        let first = try ScratchDirectory.read(directory.path + "/patch")
        try await PatchFile.create(old: old, new: new, plan: plan, output: directory.path + "/patch")
        #expect(try ScratchDirectory.read(directory.path + "/patch") == first)
        try await PatchFile.apply(patch: directory.path + "/patch", old: old, output: directory.path + "/output")
        #expect(try ScratchDirectory.read(directory.path + "/output") == changed)
    }

    @Test func planWithHolesIsRefused() async throws {
        let files = try PatchFiles(bytes: 3000)
        let plan = PatchPlan(old: .opaque(size: 0), new: .opaque(size: 0), chunks: [])
        await #expect(throws: DeltaError.self) {
            try await PatchFile.create(old: files.old, new: files.new, plan: plan, output: files.patch)
        }
        #expect(Set(files.directory.names) == ["old", "new"])
    }

    @Test func missingFileNamesItsPath() async throws {
        let error = await #expect(throws: DeltaError.self) {
            try await PatchFile.apply(patch: "/nowhere/patch", old: "/nowhere/old", output: "/nowhere/new")
        }
        #expect(error?.code == .fileSystem)
        #expect(error?.message.contains("/nowhere/old: No such file or directory") == true)
    }
}
