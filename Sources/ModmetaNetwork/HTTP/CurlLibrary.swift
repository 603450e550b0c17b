internal import CCurl
internal import ModmetaStore

/// libcurl, loaded when it is first needed: only stores on a network pay for it.
struct CurlLibrary: Sendable {
    /// The library's functions; the table is filled once, then only read, and never freed.
    nonisolated(unsafe) let functions: UnsafePointer<modmeta_curl>

    /// The names to try; git on Debian brings the second one along.
    private static let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]
    private static let loaded: Result<CurlLibrary, StoreError> = load()

    /// The library.
    ///
    /// - Throws: `.unsupported` if this machine has none.
    static var shared: CurlLibrary { get throws { try loaded.get() } }

    private static func load() -> Result<CurlLibrary, StoreError> {
        let table = UnsafeMutablePointer<modmeta_curl>.allocate(capacity: 1)
        table.initialize(to: modmeta_curl())
        var reasons: [String] = []
        for name in names {
            guard let reason = modmeta_curl_load(table, name) else {
                return .success(CurlLibrary(functions: UnsafePointer(table)))
            }
            reasons.append(String(cString: reason))
        }
        table.deallocate()
        return .failure(
            StoreError(
                .unsupported,
                "cannot load libcurl, which stores on a network need (\(reasons.joined(separator: "; "))); install it: "
                    + "the package libcurl4 on Debian and Ubuntu, libcurl on Fedora"))
    }
}
