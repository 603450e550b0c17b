internal import Glibc
public import ModmetaStore
internal import Synchronization

/// The files below a prefix of a bucket of an S3-compatible service.
///
/// A file is one object; large ones are written in parts. Each request is repeated by `retry` where that may help.
public final class S3Bucket: BucketFiles {
    /// The bucket and prefix for people to read.
    public let name: String
    let client: S3Client
    /// What goes before a path in a key: empty, or the prefix and a slash.
    let keyPrefix: String
    /// The size from which files are written in parts, and that of a part.
    let partLimits: S3PartLimits
    /// Finds out whether the service honours conditions; nil before anybody wanted to know, and after a failure.
    let probe = Mutex<Task<Bool, any Error>?>(nil)

    /// Names the files; nothing is asked of the service yet.
    ///
    /// - Parameters:
    ///   - prefix: no slash at either end; may be empty.
    ///   - now: the time in seconds since 1970, where it is simulated.
    /// - Throws: `.invalidURL` for what cannot be a bucket's name or an endpoint.
    public convenience init(
        _ bucket: String, prefix: String, configuration: S3Configuration, transport: any HTTPTransport,
        retry: RetryPolicy = RetryPolicy(), now: (@Sendable () -> Int64)? = nil
    ) throws {
        try self.init(
            bucket, prefix: prefix, configuration: configuration, transport: transport, retry: retry,
            partLimits: S3PartLimits(), now: now)
    }

    /// Names the files, with other limits for parts.
    package init(
        _ bucket: String, prefix: String, configuration: S3Configuration, transport: any HTTPTransport,
        retry: RetryPolicy, partLimits: S3PartLimits, now: (@Sendable () -> Int64)? = nil
    ) throws {
        guard
            !prefix.split(separator: "/", omittingEmptySubsequences: false).contains(where: { $0 == "." || $0 == ".." })
        else { throw StoreError(.invalidURL, "the prefix \"\(prefix)\" has the part . or .., which leads elsewhere") }
        name = "s3://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
        keyPrefix = prefix.isEmpty ? "" : "\(prefix)/"
        self.partLimits = partLimits
        client = S3Client(
            location: try S3Location(bucket: bucket, configuration: configuration),
            credentials: configuration.credentials, transport: transport, retry: retry,
            now: now ?? { @Sendable in Int64(time(nil)) })
    }

    /// The key of a file.
    func key(_ path: String) -> String { keyPrefix + path }

    /// A call about a file.
    func call(_ method: String, _ path: String, to action: String) -> S3Call {
        S3Call(method, key(path), to: "\(action) \(path.isEmpty ? "" : "\(path) in ")\(name)")
    }

    /// Deletes a file; one that is absent is no error.
    public func delete(_ path: String) async throws {
        var call = call("DELETE", path, to: "delete")
        call.accepted = [404]
        try await client.perform(call) { response in
            guard response.status == 404, S3Failure(response).code == "NoSuchBucket" else { return }
            throw S3Failure(response).error(call, credentials: client.credentials, now: client.serverTime)
        }
    }
}

/// The sizes of what is written in parts, in bytes.
package struct S3PartLimits: Sendable {
    /// Files larger than this are written in parts.
    package var singleLimit: UInt64
    /// The size of a part, unless a file would have too many.
    package var partSize: UInt64
    /// The most parts a file may have.
    package var partCount: UInt64 = 10_000

    /// Creates limits.
    package init(singleLimit: UInt64 = 64 << 20, partSize: UInt64 = 16 << 20) {
        self.singleLimit = singleLimit
        self.partSize = partSize
    }

    /// The parts of a file; always the same for one size, so that an upload can be resumed.
    func parts(of size: UInt64) -> [Range<UInt64>] {
        let least = (size + partCount - 1) / partCount
        let step = max(partSize, (least + 0xf_ffff) & ~0xf_ffff)
        return stride(from: 0, to: size, by: Int(clamping: step)).map { $0..<min($0 + step, size) }
    }
}
