internal import Glibc

/// Whether others may change what a path leads to.
///
/// A private directory is of little use below one in which another user may rename it and put another in its place. Root
/// is trusted, this user, and the owner of `/`, which in a container may be another number.
package enum DirectoryTrust {
    /// Whether only trusted users can exchange an entry of a directory that belongs to this user.
    ///
    /// - Parameter path: a directory's absolute path; its links are resolved.
    package static func isSafe(_ path: String) -> Bool {
        guard let resolved = realpath(path, nil) else { return false }
        defer { free(resolved) }
        var status = stat()
        guard lstat("/", &status) == 0 else { return false }
        let trusted: Set = [0, geteuid(), status.st_uid]
        guard isSafe(status, trusted) else { return false }
        var prefix = ""
        for part in String(cString: resolved).split(separator: "/") {
            prefix += "/\(part)"
            guard lstat(prefix, &status) == 0, isSafe(status, trusted) else { return false }
        }
        return true
    }

    private static func isSafe(_ status: stat, _ trusted: Set<uid_t>) -> Bool {
        guard status.st_mode & S_IFMT == S_IFDIR, trusted.contains(status.st_uid) else { return false }
        // In a directory with the sticky bit everybody may add names, and take away only those of his own.
        if status.st_mode & S_ISVTX != 0 { return true }
        // Distributions give each user a group of the same number, with nobody else in it.
        let isOwnGroup = status.st_gid == getegid() && getegid() == geteuid()
        return status.st_mode & S_IWOTH == 0 && (status.st_mode & S_IWGRP == 0 || isOwnGroup)
    }
}
