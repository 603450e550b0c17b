import ModmetaFormats
import Synchronization
import Testing

@Suite struct ConcurrentMapTests {
    private struct Failure: Error, Equatable { var number: Int }

    /// Counts how many calls are under way.
    private final class Gauge: Sendable {
        private let counts = Mutex((now: 0, most: 0, started: 0))

        var most: Int { counts.withLock { $0.most } }
        var started: Int { counts.withLock { $0.started } }

        func run<Result>(_ body: () async throws -> Result) async rethrows -> Result {
            counts.withLock { counts in
                counts.now += 1
                counts.started += 1
                counts.most = max(counts.most, counts.now)
            }
            defer { counts.withLock { $0.now -= 1 } }
            return try await body()
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func add() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// Elements that are made when they are asked for, and say how many were.
    private struct Lazy: Sequence, IteratorProtocol {
        let made: Counter
        var count: Int

        mutating func next() -> Int? {
            guard count > 0 else { return nil }
            count -= 1
            return made.add()
        }
    }

    @Test(arguments: [0, 1, 2, 7, 100], [-1, 1, 3, 200])
    func resultsKeepTheOrderOfTheElements(count: Int, width: Int) async throws {
        let gauge = Gauge()
        let squares = try await (0..<count).concurrentMap(width: width) { number in
            await gauge.run {
                // Later elements are done first.
                for _ in 0..<(count - number) { await Task.yield() }
                return number * number
            }
        }
        #expect(squares == (0..<count).map { $0 * $0 })
        #expect(gauge.most <= max(1, width))
        #expect(gauge.started == count)
    }

    @Test func asManyAsTheWidthRunAtOnce() async throws {
        let gauge = Gauge()
        // Three must meet before any of them goes on.
        let (arrivals, arrive) = AsyncStream.makeStream(of: Void.self)
        let released = Task {
            var count = 0
            for await _ in arrivals {
                count += 1
                if count == 3 { return }
            }
        }
        _ = try await (0..<3).concurrentMap(width: 3) { _ in
            await gauge.run {
                arrive.yield()
                await released.value
            }
        }
        #expect(gauge.most == 3)
    }

    @Test func resultsThatAreNilAreKept() async throws {
        let halves = try await (0..<5).concurrentMap(width: 2) { $0 % 2 == 0 ? $0 / 2 : nil as Int? }
        #expect(halves == [0, nil, 1, nil, 2])
    }

    @Test func theFirstErrorCancelsTheRest() async throws {
        let gauge = Gauge()
        let cancelled = Mutex(0)
        let error = await #expect(throws: Failure.self) {
            _ = try await (0..<1000).concurrentMap(width: 4) { number in
                try await gauge.run {
                    if number == 2 { throw Failure(number: number) }
                    do {
                        try await Task.sleep(for: .seconds(60))
                    } catch {
                        cancelled.withLock { $0 += 1 }
                        throw error
                    }
                }
            }
        }
        #expect(error == Failure(number: 2))
        #expect(gauge.started <= 4)
        #expect(cancelled.withLock { $0 } == gauge.started - 1)
    }

    @Test func anErrorOfTheReceiverEndsItToo() async throws {
        let gauge = Gauge()
        await #expect(throws: Failure(number: 0)) {
            try await (0..<1000).concurrentForEach(
                width: 2, { number in await gauge.run { number } }, receive: { _ in throw Failure(number: 0) })
        }
        #expect(gauge.started <= 2)
    }

    @Test func cancellationStartsNothingMore() async throws {
        let gauge = Gauge()
        let (arrivals, arrive) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await (0..<1000).concurrentMap(width: 2) { _ in
                try await gauge.run {
                    arrive.yield()
                    try await Task.sleep(for: .seconds(60))
                }
            }
        }
        for await _ in arrivals { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(gauge.started <= 2)
    }

    /// Elements are not taken before there is room for them, so that memory is bounded by the width.
    @Test func elementsAreTakenOneByOne() async throws {
        let made = Counter()
        let received = Mutex(0)
        try await Lazy(made: made, count: 500).concurrentForEach(
            width: 3, { $0 },
            receive: { _ in
                let count = received.withLock { count in
                    count += 1
                    return count
                }
                #expect(made.value - count < 3)
            })
        #expect(received.withLock { $0 } == 500)
    }
}
