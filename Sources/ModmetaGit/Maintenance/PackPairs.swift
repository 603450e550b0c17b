internal import ModmetaStore
internal import ModmetaSystem

/// The packs of a directory store and their indexes, of which git passes over those without the other.
struct PackPairs {
    private let path: String

    init(of store: StoreRepository) { path = store.path }

    /// Looks for packs without an index and indexes without a pack.
    func check(_ report: inout HistoryReport) throws {
        let directory = "objects/pack"
        let names: Set<String>
        do {
            names = Set(try DirectoryPath("\(path)/\(directory)").names() ?? [])
        } catch {
            return report.add(.unreadable, directory, "\(error)")
        }
        for name in names.sorted() where name.hasPrefix("pack-") {
            let stem = name.prefix { $0 != "." }
            if name.hasSuffix(".pack"), !names.contains("\(stem).idx") {
                report.add(
                    .missing, "\(directory)/\(stem).idx",
                    "the pack has no index, so that git does not see it; make one with git index-pack \(name)")
            }
            if name.hasSuffix(".idx"), !names.contains("\(stem).pack") {
                report.add(.missing, "\(directory)/\(stem).pack", "there is only its index")
            }
        }
    }
}
