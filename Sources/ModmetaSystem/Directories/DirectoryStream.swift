internal import Glibc

/// The one place where directories are listed.
enum DirectoryStream {
    /// The names in a directory in no particular order, without `.` and `..`; the stream is closed.
    ///
    /// - Returns: nil if the listing broke off; `errno` says why.
    static func names(consuming stream: OpaquePointer) -> [[UInt8]]? {
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] { names.append(name) }
            errno = 0
        }
        let reason = errno
        closedir(stream)
        errno = reason
        return reason == 0 ? names : nil
    }
}
