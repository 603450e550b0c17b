internal import ModmetaFormats
internal import ModmetaStore

extension ObjectStoreContract {
    func checkAbsentObjects(_ store: any ObjectStore) async throws {
        let id = ObjectID(SHA256.hash([1]))
        let keys: [ObjectKey] = [.object(id), .manifest(id), .sketch(id.digest), .format]
        for key in keys {
            let size = try await store.size(of: key)
            try ContractViolation.unless(size == nil, "an absent object has the size \(size ?? 0)")
            try await Self.expect(.missing, "reading \(key.path), which is absent") {
                _ = try await store.read(key, limit: 10)
            }
            try await Self.expect(.missing, "reading a range of \(key.path), which is absent") {
                _ = try await store.read(key, range: 0..<1)
            }
        }
    }

    func checkRangesAreExact(_ store: any ObjectStore) async throws {
        let bytes = Self.bytes(5000, seed: 7)
        let key = Self.key(bytes)
        _ = try await store.put(key, .bytes(bytes))
        for range in [0..<0, 0..<1, 0..<5000, 17..<4096, 4999..<5000, 5000..<5000] {
            let got = try await store.read(key, range: UInt64(range.lowerBound)..<UInt64(range.upperBound))
            try ContractViolation.unless(got == Array(bytes[range]), "the range \(range) has other bytes")
        }
        for range: Range<UInt64> in [0..<5001, 4999..<5001, 6000..<6001, 0..<UInt64.max, (.max - 1)..<(.max)] {
            try await Self.expect(.corrupt, "reading \(range) of 5000 bytes") {
                _ = try await store.read(key, range: range)
            }
        }
    }

    func checkLimitsHold(_ store: any ObjectStore) async throws {
        let bytes = Self.bytes(1000, seed: 8)
        let key = Self.key(bytes)
        _ = try await store.put(key, .bytes(bytes))
        let whole = try await store.read(key, limit: 1000)
        try ContractViolation.unless(whole == bytes, "an object as large as the limit has other bytes")
        for limit in [0, 999] {
            try await Self.expect(.corrupt, "reading 1000 bytes with the limit \(limit)") {
                _ = try await store.read(key, limit: limit)
            }
        }
    }

    func checkListing(_ store: any ObjectStore) async throws {
        for family in ObjectFamily.allCases {
            var expected: [Digest: UInt64] = [:]
            for count in 0..<20 {
                let bytes = Self.bytes(count + 1, seed: 9)
                let digest = SHA256.hash(bytes)
                _ = try await store.put(family.key(digest), .bytes(bytes))
                expected[digest] = UInt64(bytes.count)
            }
            if family == .objects, exemptions.contains(.listingObjects) { continue }
            var found: [Digest: UInt64] = [:]
            var visits = 0
            var oldest = Int64.max
            try await store.list(family) { object in
                await Task.yield()
                found[object.digest] = object.size
                visits += 1
                oldest = min(oldest, object.modified)
            }
            try ContractViolation.unless(found == expected, "listing \(family) returned other objects or sizes")
            try ContractViolation.unless(visits == expected.count, "listing \(family) returned an object twice")
            try ContractViolation.unless(oldest > 1_500_000_000, "a listed object has the time \(oldest)")
        }
    }

    func checkListingOfEmptyStore(_ store: any ObjectStore) async throws {
        for family in ObjectFamily.allCases {
            try await store.list(family) { object in
                try ContractViolation.unless(false, "an empty store lists \(object.digest)")
            }
        }
    }
}
