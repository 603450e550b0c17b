internal import ModmetaFormats
internal import ModmetaSystem

extension LocalStore {
    /// Calls `visit` once for each object of a family, directory by directory.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        for leaf in try StoreError.fromSystem({ try leaves(of: family) }) {
            for name in try StoreError.fromSystem({ try DirectoryPath("\(path)/\(leaf)").names() }) ?? [] {
                guard let digest = Digest(hex: name), family.key(digest).path == "\(leaf)/\(name)",
                    let status = try StoreError.fromSystem({ try FileStatus(of: "\(path)/\(leaf)/\(name)") }),
                    status.kind == .regular
                else { continue }
                try await visit(ListedObject(digest: digest, size: status.size, modified: status.modified))
            }
        }
    }

    /// The directories that hold a family's files, relative to the root.
    private func leaves(of family: ObjectFamily) throws -> [String] {
        _ = try ownDirectory(family.directory)
        guard family.isFannedOut else { return [family.directory] }
        return try fanout(family.directory).flatMap { try fanout($0) }
    }

    /// The two-digit directories in a directory; links to some are foreign, as files are.
    private func fanout(_ directory: String) throws -> [String] {
        try (DirectoryPath("\(path)/\(directory)").names() ?? [])
            .filter(ObjectFamily.isFanoutName).sorted().map { "\(directory)/\($0)" }
            .filter { try FileStatus(of: "\(path)/\($0)")?.kind == .directory }
    }
}

extension ObjectFamily {
    /// The directory under which the family's files lie, relative to a store's root.
    package var directory: String {
        switch self {
        case .objects: "lfs/objects"
        case .manifests: "modmeta/manifests"
        case .sketches: "modmeta/index"
        }
    }

    /// Whether two levels of two-digit directories spread the files.
    var isFannedOut: Bool { self != .sketches }

    static func isFanoutName(_ name: String) -> Bool {
        name.utf8.count == 2 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
