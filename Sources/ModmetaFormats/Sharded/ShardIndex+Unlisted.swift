extension ShardIndex {
    /// The weight files next to an index that are named like its shards, or like the whole model, but are not in the
    /// index.
    ///
    /// A loader ignores them, or loads them instead of the shards.
    /// - Parameters:
    ///   - names: the names of the files in the index's directory.
    ///   - index: the name of the index, for example `model.safetensors.index.json`.
    ///   - listed: the names of the files in the index.
    public static func unlisted(among names: [String], beside index: String, listed: [String]) -> [String] {
        let whole = index.utf8.dropLast(suffix.utf8.count)
        guard let dot = whole.lastIndex(of: UInt8(ascii: ".")) else { return [] }
        let (stem, ending) = (whole[..<dot], whole[dot...])
        let known = Set(listed.map { Array($0.utf8) })
        return names.filter { name in
            guard !known.contains(Array(name.utf8)) else { return false }
            return name.utf8.elementsEqual(whole)
                || name.utf8.starts(with: Array(stem) + [UInt8(ascii: "-")])
                    && name.utf8.suffix(ending.count).elementsEqual(ending)
        }
    }
}
