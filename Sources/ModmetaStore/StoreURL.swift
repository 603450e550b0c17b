internal import ModmetaFormats

/// Where a store is, as a remote's URL names it.
public struct StoreURL: Hashable, Sendable {
    /// The kinds of places a store can be in.
    public enum Location: Hashable, Sendable {
        /// A directory, by its absolute path.
        case directory(path: String)
        /// A bucket of an S3-compatible service; the prefix has no slash at either end and may be empty.
        case bucket(name: String, prefix: String)
        /// An LFS server, by its URL, credentials included.
        case server(url: String)
    }

    /// The place.
    public var location: Location

    /// Names a place.
    public init(_ location: Location) { self.location = location }

    /// The directory's absolute path, or nil for other kinds of stores.
    public var path: String? {
        if case .directory(let path) = location { path } else { nil }
    }

    /// The URL as git hands it to the remote helper, without `modmeta::`; it may hold a password.
    public var address: String {
        switch location {
        case .directory(let path): "file://" + path.utf8.map(StoreURL.percentEncoded).joined()
        case .bucket(let name, let prefix): "s3://\(name)" + (prefix.isEmpty ? "" : "/\(prefix)")
        case .server(let url): url
        }
    }

    /// The URL as a remote has it, `modmeta::` first; it may hold a password.
    public var remoteURL: String { "modmeta::\(address)" }

    /// The same place with `.git` after its path.
    ///
    /// git-lfs appends `/info/lfs` to a URL that ends with `.git` and `.git/info/lfs` to any other, so both of these
    /// places have one LFS URL; where there is nothing at the first, the second was meant.
    public var withGitSuffix: StoreURL {
        switch location {
        case .directory(let path): StoreURL(.directory(path: path + ".git"))
        case .bucket(let name, let prefix): StoreURL(.bucket(name: name, prefix: prefix + ".git"))
        case .server(let url): StoreURL(.server(url: url + ".git"))
        }
    }

    private static func percentEncoded(_ byte: UInt8) -> String {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: return String(UnicodeScalar(byte))
        case _ where "/-._~+,:@=!$&'()*;".utf8.contains(byte): return String(UnicodeScalar(byte))
        default:
            let digits = Array("0123456789ABCDEF")
            return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }
}

extension StoreURL: CustomStringConvertible {
    /// The URL for people to read: `remoteURL` without what may be secret.
    public var description: String { Redaction.redacted(remoteURL) }
}
