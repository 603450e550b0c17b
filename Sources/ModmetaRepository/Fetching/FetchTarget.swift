internal import Glibc
internal import ModmetaGit
internal import ModmetaStore
internal import ModmetaSystem

/// The directory a person fetches into, found without falling for links that came with somebody's files.
struct FetchTarget {
    /// Opens the directory, and makes what is missing of its path.
    ///
    /// A link in the path is followed if the user chose it: not one of another user's, and none in a Git work tree, where a
    /// commit may have put it.
    /// - Throws: `RepositoryError` with `input`.
    static func open(_ path: String) throws -> HeldDirectory {
        var rest = FetchTarget.parts(path.hasPrefix("/") ? path : "\(try currentDirectory())/\(path)")
        var place = FetchTarget()
        for _ in 0..<40 {
            guard let link = try place.descend(&rest) else { return try place.directory }
            // Nothing before it is a link, and neither is anything before where it leads to.
            rest = FetchTarget.parts(try RepositoryPath.resolved(link)) + rest
            place = FetchTarget()
        }
        throw RepositoryError(kind: .input, message: "\(path) leads from one link to the next")
    }

    /// The directories from `/` on, each with whether it lies in a Git work tree.
    private var stack: [(directory: HeldDirectory, isInWorkTree: Bool)] = []

    private init() {}

    private var directory: HeldDirectory { get throws { try stack.last?.directory ?? HeldDirectory(opening: "/") } }

    /// Goes down as far as there is no link.
    ///
    /// - Returns: the path of a link that is to be followed; nil at the end.
    private mutating func descend(_ rest: inout [String]) throws -> String? {
        while let part = rest.first {
            rest.removeFirst()
            if part == ".." {
                if !stack.isEmpty { stack.removeLast() }
                continue
            }
            let parent = try directory
            let name = parent.name == "/" ? "/\(part)" : "\(parent.name)/\(part)"
            guard !ReservedName.isReserved(part) else {
                throw RepositoryError(kind: .input, message: "\(name) is git's own; choose another directory")
            }
            let isInWorkTree =
                try stack.last?.isInWorkTree == true || parent.status(of: ".git") != nil
            if let status = try parent.status(of: part), status.kind == .link {
                try FetchTarget.check(status, of: name, isInWorkTree: isInWorkTree)
                return name
            }
            stack.append((try parent.directory(part, making: 0o777), isInWorkTree))
        }
        try checkRepository()
        return nil
    }

    private static func check(_ link: FileStatus, of path: String, isInWorkTree: Bool) throws {
        let isOthers = link.owner != geteuid() && link.owner != 0
        guard isOthers || isInWorkTree else { return }
        let target = (try? RepositoryPath.resolved(path)).map { ", which leads to \($0)" } ?? ""
        throw RepositoryError(
            kind: .input,
            message:
                "\(path) is a symbolic link \(isOthers ? "of another user" : "in a Git work tree")\(target)",
            hints: ["Give the directory itself if it is the one you mean."])
    }

    /// Git obeys the configuration of any directory that looks like a repository.
    private func checkRepository() throws {
        let directory = try directory
        guard try ["HEAD", "objects", "refs"].allSatisfy({ try directory.status(of: $0) != nil }) else { return }
        throw RepositoryError(
            kind: .input, message: "\(directory.name) is a Git repository; choose another directory")
    }

    private static func parts(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    private static func currentDirectory() throws -> String {
        guard let path = getcwd(nil, 0) else {
            throw RepositoryError(kind: .environment, message: "the current directory is gone")
        }
        defer { free(path) }
        return String(cString: path)
    }
}
