internal import ModmetaFormats
internal import ModmetaSystem

extension LocalStore: ForeignFileListing {
    /// The paths of files and directories that no part of modmeta or git-lfs made, in order.
    public func foreignFiles() async throws -> [String] { try StoreError.fromSystem { try findForeign() } }

    private func findForeign() throws -> [String] {
        var found: [String] = []
        let known: Set = ["manifests", "index", "condemned", "tmp", "format", "format.lock"]
        for name in try DirectoryPath(ownDirectory("modmeta")).names() ?? [] where !known.contains(name) {
            found.append("modmeta/\(name)")
        }
        for family in ObjectFamily.allCases {
            _ = try ownDirectory(family.directory)
            try appendForeign(in: family.directory, of: family, to: &found)
        }
        return found.sorted()
    }

    private func appendForeign(in directory: String, of family: ObjectFamily, to found: inout [String]) throws {
        let depth = directory.split(separator: "/").count - family.directory.split(separator: "/").count
        let isLeaf = depth == (family.isFannedOut ? 2 : 0)
        for name in try DirectoryPath("\(path)/\(directory)").names() ?? [] {
            let child = "\(directory)/\(name)"
            guard let status = try FileStatus(of: "\(path)/\(child)") else { continue }
            if isLeaf {
                let isOurs = status.kind == .regular && Digest(hex: name).map { family.key($0).path } == child
                if !isOurs { found.append(child) }
            } else if status.kind == .directory, ObjectFamily.isFanoutName(name) {
                try appendForeign(in: child, of: family, to: &found)
            } else {
                found.append(child)
            }
        }
    }
}
