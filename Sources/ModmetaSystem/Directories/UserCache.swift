internal import Glibc

/// The directory in which a program may keep what it can do without: `$XDG_CACHE_HOME`, or `~/.cache`.
package enum UserCache {
    /// Opens a directory of modmeta's own in the user's cache, and makes it if it is missing.
    ///
    /// - Parameter name: the directory's name below `modmeta`.
    /// - Returns: nil if there is no cache, or another user could write to it.
    package static func directory(_ name: String) -> HeldDirectory? {
        guard let root, makeRoot(root), DirectoryTrust.isSafe(root),
            let cache = try? HeldDirectory(opening: root),
            let own = try? cache.directory("modmeta", making: 0o700), isPrivate(own),
            let directory = try? own.directory(name, making: 0o700), isPrivate(directory)
        else { return nil }
        return directory
    }

    private static var root: String? {
        if let cache = variable("XDG_CACHE_HOME"), cache.hasPrefix("/") { return cache }
        return variable("HOME").flatMap { $0.hasPrefix("/") ? "\($0)/.cache" : nil }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func makeRoot(_ root: String) -> Bool { mkdir(root, 0o700) == 0 || errno == EEXIST }

    /// Whether a directory belongs to this user, and nobody else may look into it.
    package static func isPrivate(_ directory: HeldDirectory) -> Bool {
        guard let status = try? directory.status() else { return false }
        return status.owner == geteuid() && status.mode & 0o077 == 0
    }
}
