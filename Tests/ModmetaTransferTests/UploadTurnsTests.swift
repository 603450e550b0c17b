import Glibc
import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// What agents know of one another's uploads.
@Suite(.timeLimit(.minutes(5))) struct UploadTurnsTests {
    private static func object(_ number: Int) -> ObjectID { ObjectID(SHA256.hash([UInt8(number)])) }

    private static func announcement(_ number: Int, place: UInt64?, storeID: String = "s") throws -> UploadAnnouncement
    {
        let file = SyntheticCheckpoint(seed: 1, shapes: [("a", 4, 4), ("b", 4, 4)]).file()
        let directory = try TemporaryDirectory()
        try write(file, to: directory.path("file"))
        let opened = try LocalFile(reading: directory.path("file"))
        let layout = try opened.layout()
        return UploadAnnouncement(
            object(number), layout: layout, sample: try ContentSample(of: layout, in: opened), place: place,
            storeID: storeID)
    }

    @Test("of two uploads each sees the other, and only one begins")
    func oneBegins() async throws {
        let directory = try TemporaryDirectory()
        // The same directory, as two processes see it.
        let (turns, others) = (UploadTurns(directory: directory.path), UploadTurns(directory: directory.path))
        let first = try await turns.take(Self.object(1))
        let second = try await others.take(Self.object(2))
        #expect(turns.hasNewcomers(besides: Self.object(1)))
        let (one, two) = (try Self.announcement(1, place: 1), try Self.announcement(2, place: 2))
        let begun = others.begin(second, two, unless: { $0.hasBegun })
        #expect(begun == nil)
        #expect(!turns.hasNewcomers(besides: Self.object(1)))
        // The second has begun, and so the first waits, though it comes before.
        let ahead = turns.begin(first, one, unless: { $0.hasBegun || UploadAnnouncement.precedes($0, one) })
        #expect(ahead?.sketch == two.sketch)
        #expect(ahead?.hasBegun == true)
        // Of several, the one that has begun ends first.
        let third = try await turns.take(Self.object(3))
        let three = try Self.announcement(3, place: nil)
        let next = turns.begin(third, three, unless: { UploadAnnouncement.precedes($0, three) })
        #expect(next?.sketch.object == Self.object(2))
        _ = consume second
        let none = turns.begin(first, one, unless: { $0.hasBegun || UploadAnnouncement.precedes($0, one) })
        #expect(none == nil)
        _ = consume first
        _ = consume third
        let last = try await turns.take(Self.object(4))
        let alone = turns.begin(last, three, unless: { _ in true })
        #expect(alone == nil)
    }

    @Test("what a killed process has left counts for nothing and is removed")
    func leftovers() async throws {
        let directory = try TemporaryDirectory()
        let turns = UploadTurns(directory: directory.path)
        try write(try Self.announcement(1, place: 1).serialized(), to: directory.path("\(Self.object(1))"))
        let turn = try await turns.take(Self.object(2))
        let ahead = turns.begin(turn, try Self.announcement(2, place: 2), unless: { _ in true })
        #expect(ahead == nil)
        #expect(access(directory.path("\(Self.object(1))"), F_OK) != 0)
        _ = consume turn
    }

    @Test("the end of an upload is waited for, and nothing else")
    func ends() async throws {
        let directory = try TemporaryDirectory()
        let turns = UploadTurns(directory: directory.path)
        try await turns.waitForEnd(of: Self.object(1))
        let turn = try await turns.take(Self.object(1))
        let waiting = Task { try await turns.waitForEnd(of: Self.object(1)) }
        let next = Task { try await turns.take(Self.object(1)).object }
        try await Task.sleep(for: .milliseconds(30))
        #expect(turns.isTaken(Self.object(1)))
        _ = consume turn
        try await waiting.value
        #expect(try await next.value == Self.object(1))
        #expect(!turns.isTaken(Self.object(1)))
    }

    @Test(
        "agents that are to wait for one another all get their turn, also when some give up or have died",
        arguments: [1, 2, 8])
    func noCircle(agents: Int) async throws {
        for seed in UInt64(0)..<4 {
            var random = SeededRandom(seed: seed)
            let bench = try Workbench()
            _ = bench.context()
            let file = SyntheticCheckpoint(seed: 1, shapes: [("a", 4, 4), ("b", 4, 4)]).file()
            let opened = try LocalFile(reading: bench.path(of: try bench.add(file)))
            let layout = try opened.layout()
            // All are alike; history knows some, and says the same of two of them.
            let count = 30
            let places = (0..<count).map { _ in random.pick(0..<count) }
            for number in 0..<5 {
                let dead = UploadAnnouncement(
                    Self.object(100 + number), layout: layout, sample: try ContentSample(of: layout, in: opened),
                    place: UInt64(number), storeID: "test")
                try write(dead.serialized(), to: "\(bench.directory.path)/uploading/\(Self.object(100 + number))")
            }
            let order = Array(0..<count).shuffled(using: &random)
            let (begun, done) = (Tally(), Tally())
            try await withThrowingDiscardingTaskGroup { group in
                for agent in 0..<agents {
                    let fork = random.fork()
                    group.addTask {
                        var random = fork
                        let context = bench.context()
                        for number in stride(from: agent, to: count, by: agents).map({ order[$0] }) {
                            let history = FixedHistory(
                                previous: (0..<places[number]).map { _ in Self.object(random.pick(0..<count)) })
                            let rule = try await UploadOrder(
                                of: Self.object(number), layout: layout, in: opened, history: history, context)
                            let turn = try await context.turns.take(Self.object(number))
                            var rounds = 0
                            while let other = context.turns.begin(turn, rule.announcement, unless: rule.waits) {
                                try await context.turns.waitForEnd(of: other.sketch.object)
                                rounds += 1
                                if rounds == 3, number % 5 == 0 { break }
                            }
                            if rounds < 3 || number % 5 != 0 {
                                begun.begin()
                                try await Task.sleep(for: .milliseconds(random.pick(0..<3)))
                                begun.end()
                            }
                            _ = consume turn
                            done.begin()
                            done.end()
                        }
                    }
                }
            }
            #expect(done.ended == count && begun.most == 1)
        }
    }

    @Test("announcements read back, and anything else is none")
    func reading() throws {
        var announcement = try Self.announcement(1, place: 77)
        announcement.hasBegun = true
        let bytes = announcement.serialized()
        #expect(bytes.count <= UploadAnnouncement.sizeLimit)
        let read = try #require(UploadAnnouncement(parsing: bytes))
        #expect(read.sketch == announcement.sketch && read.place == 77 && read.hasBegun)
        #expect(read.sample == announcement.sample && read.sample.hashes.count == 2)
        #expect(read.store == announcement.store)
        #expect(try Self.announcement(1, place: 1, storeID: "t").store != announcement.store)
        for count in 0..<bytes.count { #expect(UploadAnnouncement(parsing: Array(bytes[..<count])) == nil) }
        for index in 0..<6 {
            var damaged = bytes
            damaged[index] ^= 0x40
            #expect(UploadAnnouncement(parsing: damaged) == nil)
        }
    }
}
