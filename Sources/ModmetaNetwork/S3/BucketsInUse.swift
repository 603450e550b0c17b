internal import Synchronization

/// The buckets that this process uses, so that those who name one again share it.
enum BucketsInUse {
    /// All that makes two buckets the same.
    struct Key: Hashable, Sendable {
        var name: String
        var prefix: String
        var configuration: S3Configuration
        var http: HTTPConfiguration
    }

    private struct Reference: Sendable {
        weak let bucket: S3Bucket?
    }

    private static let references = Mutex<[Key: Reference]>([:])

    /// The bucket in use, or a new one.
    static func bucket(_ key: Key, make: () throws -> S3Bucket) throws -> S3Bucket {
        try references.withLock { references in
            if let bucket = references[key]?.bucket { return bucket }
            references = references.filter { $0.value.bucket != nil }
            let bucket = try make()
            references[key] = Reference(bucket: bucket)
            return bucket
        }
    }
}
