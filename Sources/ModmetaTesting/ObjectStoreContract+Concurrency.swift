internal import ModmetaFormats
internal import ModmetaStore

extension ObjectStoreContract {
    func checkWritersOfOneKey(_ store: any ObjectStore) async throws {
        for round in 0..<10 {
            let bytes = Self.bytes(40_000 + round, seed: 11)
            let key = Self.key(bytes)
            let created = try await Self.count(of: 16) { _ in try await store.put(key, .bytes(bytes)) == .created }
            try ContractViolation.unless(created == 1, "\(created) of 16 writers of one key were told they created it")
            let got = try await store.read(key, limit: bytes.count)
            try ContractViolation.unless(got == bytes, "16 writers of one key left other bytes")

            let manifest = ObjectKey.manifest(ObjectID(SHA256.hash([UInt8(round)])))
            let winners = try await Self.count(of: 16) { index in
                let own = [UInt8](repeating: UInt8(index), count: 100 + index)
                guard try await store.put(manifest, .bytes(own)) == .created else { return false }
                let kept = try await store.read(manifest, limit: 200)
                try ContractViolation.unless(kept == own, "a writer was told that it won, but the bytes are another's")
                return true
            }
            try ContractViolation.unless(winners == 1, "\(winners) of 16 writers of one manifest won")
        }
    }

    func checkWritersOfManyKeys(_ store: any ObjectStore) async throws {
        _ = try await Self.count(of: 64) { index in
            let bytes = Self.bytes(1000 + index / 2, seed: 12)
            _ = try await store.put(Self.key(bytes), .bytes(bytes))
            return true
        }
        if exemptions.contains(.listingObjects) { return }
        var count = 0
        try await store.list(.objects) { _ in count += 1 }
        try ContractViolation.unless(count == 32, "64 writers of 32 objects left \(count)")
    }

    func checkReadersSeeWholeObjects(_ store: any ObjectStore) async throws {
        for round in 0..<10 {
            let bytes = Self.bytes(300_000 + round, seed: 13)
            let key = Self.key(bytes)
            _ = try await Self.count(of: 4) { index in
                if index == 0 { return try await store.put(key, .bytes(bytes)) == .created }
                while true {
                    if let size = try await store.size(of: key) {
                        let got = try await store.read(key, limit: bytes.count)
                        try ContractViolation.unless(
                            size == bytes.count && got == bytes, "a reader saw \(got.count) of \(bytes.count) bytes")
                        return true
                    }
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }
        }
    }

    func checkFormatRace(_ store: any ObjectStore) async throws {
        var current: [UInt8]?
        for round in 0..<10 {
            let expected = current
            let winners = try await Self.count(of: 12) { index in
                try await store.compareAndSwapFormat(expected: expected, new: [UInt8(round), UInt8(index)])
            }
            try ContractViolation.unless(winners == 1, "\(winners) of 12 swaps with one expectation succeeded")
            current = try await store.read(.format, limit: 2)
        }
    }

    /// Runs an operation in many tasks at once and counts those that returned true.
    private static func count(
        of tasks: Int, _ operation: @escaping @Sendable (Int) async throws -> Bool
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<tasks { group.addTask { try await operation(index) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
