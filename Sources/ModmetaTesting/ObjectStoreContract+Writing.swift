internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import SystemPackage

extension ObjectStoreContract {
    func checkRoundTrip(_ store: any ObjectStore) async throws {
        let id = ObjectID(SHA256.hash([2]))
        let cases: [(ObjectKey, Int)] = [
            (Self.key(Self.bytes(3000, seed: 1)), 3000), (.manifest(id), 500),
            (.sketch(SHA256.hash(Self.bytes(70, seed: 1))), 70), (.format, 60),
        ]
        for (key, count) in cases {
            let bytes = Self.bytes(count, seed: 1)
            let outcome = try await store.put(key, .bytes(bytes))
            try ContractViolation.unless(outcome == .created, "storing a new \(key.path) returned \(outcome)")
            let size = try await store.size(of: key)
            try ContractViolation.unless(size == UInt64(count), "\(key.path) has the size \(size ?? 0), not \(count)")
            let got = try await store.read(key, limit: count)
            try ContractViolation.unless(got == bytes, "\(key.path) has other bytes than it was put with")
        }
    }

    func checkEmptyObject(_ store: any ObjectStore) async throws {
        let key = Self.key([])
        let first = try await store.put(key, .bytes([]))
        let second = try await store.put(key, .bytes([]))
        let size = try await store.size(of: key)
        let bytes = try await store.read(key, limit: 0)
        let range = try await store.read(key, range: 0..<0)
        try ContractViolation.unless(
            first == .created && second == .existed && size == 0 && bytes.isEmpty && range.isEmpty,
            "storing an empty object returned \(first), \(second), the size \(size ?? 1)")
    }

    func checkPutFromFile(_ store: any ObjectStore) async throws {
        let directory = try TemporaryDirectory()
        for count in [0, 1, (1 << 20) - 1, (3 << 20) + 5] {
            let bytes = Self.bytes(count, seed: 3)
            let path = directory.path("content-\(count)")
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(bytes) }
            let first = try await store.put(Self.key(bytes), .file(path: path))
            let second = try await store.put(Self.key(bytes), .file(path: path))
            try ContractViolation.unless(
                first == .created && second == .existed, "storing a file returned \(first), \(second)")
            let got = try await store.read(Self.key(bytes), limit: count)
            try ContractViolation.unless(got == bytes, "an object put from a file of \(count) bytes has other bytes")
        }
        try await Self.expect(.missing, "putting a file that is absent") {
            _ = try await store.put(Self.key([9]), .file(path: directory.path("absent")))
        }
        try await Self.expect(.unsupported, "putting a directory") {
            _ = try await store.put(Self.key([9]), .file(path: directory.path))
        }
        let size = try await store.size(of: Self.key([9]))
        try ContractViolation.unless(size == nil, "a put that failed left an object")
    }

    func checkFirstWriterWins(_ store: any ObjectStore) async throws {
        let manifest = ObjectKey.manifest(ObjectID(SHA256.hash([4])))
        let cases: [(ObjectKey, [UInt8], [UInt8])] = [
            (Self.key([1, 2, 3]), [1, 2, 3], [3, 2, 1]), (manifest, [1, 2, 3], [4, 5]), (.format, [1], [2]),
        ]
        for (key, first, second) in cases {
            let created = try await store.put(key, .bytes(first))
            let existed = try await store.put(key, .bytes(second))
            let bytes = try await store.read(key, limit: 10)
            try ContractViolation.unless(
                created == .created && existed == .existed && bytes == first,
                "storing \(key.path) again returned \(existed) and left \(bytes)")
        }
    }

    func checkTornObjectIsHealed(_ store: any ObjectStore) async throws {
        let bytes = Self.bytes(2000, seed: 5)
        for key in [Self.key(bytes), .sketch(SHA256.hash(bytes))] {
            if key == Self.key(bytes), exemptions.contains(.tornObjects) {
                try await Self.expect(.corrupt, "putting a part of an object") {
                    _ = try await store.put(key, .bytes(Array(bytes.prefix(700))))
                }
                continue
            }
            _ = try await store.put(key, .bytes(Array(bytes.prefix(700))))
            let outcome = try await store.put(key, .bytes(bytes))
            let healed = try await store.read(key, limit: 2000)
            try ContractViolation.unless(
                outcome == .created && healed == bytes, "storing over a torn \(key.path) returned \(outcome)")
        }
    }

    func checkWrongBytesForHealing(_ store: any ObjectStore) async throws {
        let bytes = Self.bytes(2000, seed: 6)
        let key = exemptions.contains(.tornObjects) ? ObjectKey.sketch(SHA256.hash(bytes)) : Self.key(bytes)
        _ = try await store.put(key, .bytes([1]))
        try await Self.expect(.corrupt, "putting wrong bytes over wrong bytes") {
            _ = try await store.put(key, .bytes([1, 2]))
        }
        _ = try await store.put(key, .bytes(bytes))
        try await Self.expect(.corrupt, "putting wrong bytes over right ones") {
            _ = try await store.put(key, .bytes([1]))
        }
        let kept = try await store.read(key, limit: 2000)
        try ContractViolation.unless(kept == bytes, "wrong bytes replaced right ones")
    }

    func checkEmptyManifestIsHealed(_ store: any ObjectStore) async throws {
        let key = ObjectKey.manifest(ObjectID(SHA256.hash([7])))
        _ = try await store.put(key, .bytes([]))
        let outcome = try await store.put(key, .bytes([1, 2]))
        let bytes = try await store.read(key, limit: 2)
        try ContractViolation.unless(
            outcome == .created && bytes == [1, 2], "storing over an empty manifest returned \(outcome)")
    }

    func checkDeletion(_ store: any ObjectStore) async throws {
        var key = Self.key([1])
        if exemptions.contains(.deletingObjects) {
            try await Self.expect(.unsupported, "deleting an LFS object") { try await store.delete(key) }
            key = .sketch(SHA256.hash([1]))
        }
        try await store.delete(key)
        _ = try await store.put(key, .bytes([1]))
        try await store.delete(key)
        let size = try await store.size(of: key)
        let again = try await store.put(key, .bytes([1]))
        try ContractViolation.unless(
            size == nil && again == .created, "a deleted object still exists or cannot be stored again")
    }

    func checkManifestReplacement(_ store: any ObjectStore) async throws {
        let object = ObjectID(SHA256.hash([8]))
        let steps: [(put: [UInt8]?, expected: [UInt8], new: [UInt8], isReplaced: Bool, then: [UInt8]?)] = [
            (nil, [1], [2], false, nil), ([1, 2, 3], [3, 2, 1], [4], false, [1, 2, 3]),
            (nil, [1, 2], [4], false, [1, 2, 3]), (nil, [1, 2, 3], [4, 5], true, [4, 5]),
            (nil, [1, 2, 3], [6], false, [4, 5]),
        ]
        for step in steps {
            if let bytes = step.put { _ = try await store.put(.manifest(object), .bytes(bytes)) }
            let isReplaced = try await store.replaceManifest(of: object, expected: step.expected, new: step.new)
            let bytes =
                try await store.size(of: .manifest(object)) == nil
                ? nil : try await store.read(.manifest(object), limit: 10)
            try ContractViolation.unless(
                isReplaced == step.isReplaced && bytes == step.then,
                "the replacement \(step) returned \(isReplaced) and left \(bytes.map { "\($0)" } ?? "nothing")")
        }
    }

    func checkFormatSwap(_ store: any ObjectStore) async throws {
        let steps: [(expected: [UInt8]?, new: [UInt8], isSwapped: Bool, then: [UInt8])] = [
            (nil, [1], true, [1]), (nil, [2], false, [1]), ([2], [3], false, [1]), ([1], [2, 2], true, [2, 2]),
            ([2, 2], [2, 2], true, [2, 2]), ([2], [4], false, [2, 2]),
        ]
        for step in steps {
            let isSwapped = try await store.compareAndSwapFormat(expected: step.expected, new: step.new)
            let bytes = try await store.read(.format, limit: 10)
            try ContractViolation.unless(
                isSwapped == step.isSwapped && bytes == step.then,
                "the swap \(step) returned \(isSwapped) and left \(bytes)")
        }
    }
}
