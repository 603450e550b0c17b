internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository

/// A file that holds a git-lfs pointer, or two of them in conflict, in place of the weights it is named for.
struct PointerText {
    /// The JSON form, see docs/guides/inspect.md.
    struct Document: Encodable {
        struct Pointer: Encodable {
            var oid: String
            var size: UInt64
        }
        var file: String
        var format: String
        var size: UInt64
        var pointers: [Pointer]
    }

    let path: String
    let size: UInt64
    /// One, or the sides of a conflict.
    let pointers: [LFSPointer]

    /// Reads a file; nil if it is anything else.
    init?(path: String, size: UInt64) {
        guard size < 4 * UInt64(LFSBlob.byteLimit), let bytes = try? WorkFile.bytes(of: path) else { return nil }
        (self.path, self.size) = (path, size)
        if let pointer = LFSBlob(bytes).pointer {
            pointers = [pointer]
        } else {
            pointers = PointerText.sides(of: bytes)
            if pointers.isEmpty { return nil }
        }
    }

    /// The pointers between the markers of a merge conflict.
    private static func sides(of bytes: [UInt8]) -> [LFSPointer] {
        var sides: [[Substring]] = [[], []]
        var side: Int?
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("<<<<<<< ") {
                side = 0
            } else if line.hasPrefix("||||||| ") {
                side = 2
            } else if line == "=======" {
                side = 1
            } else if line.hasPrefix(">>>>>>> ") {
                side = nil
            } else if let side {
                if side < 2 { sides[side].append(line) }
            } else {
                for index in 0..<2 { sides[index].append(line) }
            }
        }
        let pointers = sides.compactMap { LFSBlob(Array(($0.joined(separator: "\n") + "\n").utf8)).pointer }
        return pointers.count == 2 && pointers[0] != pointers[1] ? pointers : []
    }

    var document: Document {
        Document(
            file: path, format: pointers.count == 1 ? "pointer" : "conflict", size: size,
            pointers: pointers.map { .init(oid: $0.object.hex, size: $0.size) })
    }

    /// Says what it is, and how to get the weights.
    func print() {
        if let pointer = pointers.first, pointers.count == 1 {
            Terminal.print("\(path): git-lfs pointer to \(formatted(bytes: pointer.size)), which are not here")
            Terminal.print("oid \(pointer.object)")
            Terminal.error("To get the weights: git lfs pull")
        } else {
            Terminal.print("\(path): merge conflict between two versions of the weights")
            for (name, pointer) in zip(["ours", "theirs"], pointers) {
                Terminal.print("\(name): oid \(pointer.object), \(formatted(bytes: pointer.size))")
            }
            Terminal.error("To choose one: git checkout --ours, or git checkout --theirs; then git add")
        }
    }
}
