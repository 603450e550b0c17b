/// The names of a checkpoint's files, and the numbers in them.
struct CheckpointNames {
    let names: [String]

    static func leaf(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }

    /// The first file with one of these names, in any directory.
    func first(_ leaves: String...) -> String? {
        leaves.lazy.compactMap { leaf in names.first { CheckpointNames.leaf($0) == leaf } }.first
    }

    func all(where isIncluded: (String) -> Bool) -> [String] { names.filter { isIncluded(CheckpointNames.leaf($0)) } }

    /// The numbers between a prefix and a suffix in file names.
    func numbers(after start: String, before end: String) -> Set<Int> {
        Set(
            names.compactMap { name in
                let leaf = CheckpointNames.leaf(name)
                guard leaf.hasPrefix(start), leaf.hasSuffix(end), leaf.utf8.count > start.utf8.count + end.utf8.count
                else { return nil }
                return Int(leaf.dropFirst(start.count).dropLast(end.count)).flatMap {
                    (0..<1 << 20).contains($0) ? $0 : nil
                }
            })
    }

    /// The ranks of DeepSpeed files with a suffix: the number after `zero_pp_rank_`, optionally preceded by a type.
    func ranks(endingWith end: String) -> Set<Int> {
        Set(
            names.compactMap { name in
                let leaf = CheckpointNames.leaf(name)
                guard leaf.hasSuffix(end), let mark = leaf.firstRange(of: "zero_pp_rank_") else { return nil }
                return Int(leaf[mark.upperBound...].prefix(while: \.isNumber)).flatMap { $0 < 1 << 20 ? $0 : nil }
            })
    }
}
