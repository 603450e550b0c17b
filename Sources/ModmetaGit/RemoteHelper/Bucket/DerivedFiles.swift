internal import ModmetaNetwork
internal import ModmetaStore

/// The files of a bare repository in a bucket that stock git reads over plain HTTP; made of a generation, never read here.
struct DerivedFiles: Sendable {
    /// The generations they follow.
    let generations: RefGenerations

    /// How often the files are written until no newer generation appears meanwhile.
    private static let rounds = 20

    /// Writes the files of a generation, and again while there is a newer one.
    ///
    /// Of several writers the last one to write looks last, and so leaves the newest. A writer that dies in between leaves
    /// old files to the next push; what they name stays in the bucket.
    ///
    /// - Returns: the generation they are of.
    @discardableResult
    func write(_ generation: RefGeneration) async throws -> RefGeneration {
        var current = generation
        for _ in 0..<DerivedFiles.rounds {
            // A reader that sees new refs must find the packs for them.
            try await put("objects/info/packs", DerivedFiles.packList(current))
            let (infoRefs, packedRefs) = (DerivedFiles.infoRefs(current), DerivedFiles.packedRefs(current))
            let headLine = current.refs.head.text + "\n"
            async let refs: Void = put("info/refs", infoRefs)
            async let packed: Void = put("packed-refs", packedRefs)
            async let head: Void = put("HEAD", headLine)
            _ = try await (refs, packed, head)
            let newest = try await generations.newest(knowing: current)
            guard let newest, newest.number > current.number else { return current }
            current = newest
        }
        throw StoreError(.unavailable, "pushes keep coming; the next one brings the files up to date")
    }

    private func put(_ path: String, _ text: String) async throws {
        _ = try await generations.files.put(path, .bytes(Array(text.utf8)), .always)
    }

    /// As git-update-server-info(1) writes `objects/info/packs`.
    static func packList(_ generation: RefGeneration) -> String {
        // The newest come first, as what a fetch lacks is most likely there.
        generation.packs.reversed().map { "P pack-\($0.name).pack\n" }.joined() + "\n"
    }

    /// As git-update-server-info(1) writes `info/refs`.
    static func infoRefs(_ generation: RefGeneration) -> String {
        generation.refs.all.map { ref in
            "\(ref.target)\t\(ref.name)\n" + (ref.peeled.map { "\($0)\t\(ref.name)^{}\n" } ?? "")
        }.joined()
    }

    /// As git-pack-refs(1) writes `packed-refs`.
    static func packedRefs(_ generation: RefGeneration) -> String {
        "# pack-refs with: peeled fully-peeled sorted \n"
            + generation.refs.all.map { ref in
                "\(ref.target) \(ref.name)\n" + (ref.peeled.map { "^\($0)\n" } ?? "")
            }.joined()
    }
}
