/// The changes of each commit in the order of their numbered paths, and those of one file name among them.
struct NumberedSiblings: Sendable {
    /// Changes of one commit and one file name.
    private struct Family: Hashable {
        var commit: Int
        var fileName: Substring
    }

    /// The place of each change: the oldest commit first, within a commit by numbered names.
    let places: [Int]
    /// The families, each in the order of numbered names, and for each change the one it is of and its place there.
    private let families: [[Int]]
    private let membership: [(family: Int, position: Int)]
    /// For each change the last one of its family whose name comes before its own, or nil.
    private let earlier: [Int?]

    init(_ changes: [PointerChange]) {
        let names = changes.map { NumberedName($0.path) }
        let order = changes.indices.sorted { left, right in
            let (a, b) = (changes[left].commit, changes[right].commit)
            return a == b ? names[left] < names[right] : a > b
        }
        var places = [Int](repeating: 0, count: changes.count)
        var membership = [(family: Int, position: Int)](repeating: (0, 0), count: changes.count)
        var earlier = [Int?](repeating: nil, count: changes.count)
        var families: [[Int]] = []
        var known: [Family: Int] = [:]
        for (place, index) in order.enumerated() {
            places[index] = place
            let family = Family(commit: changes[index].commit, fileName: changes[index].fileName)
            let number = known[family] ?? families.count
            if number == families.count {
                known[family] = number
                families.append([])
            }
            if let last = families[number].last {
                // Names may differ and still be one number: 01 and 1.
                let isLater = names[last] < names[index]
                earlier[index] = isLater && changes[last].new != nil ? last : earlier[last]
            }
            membership[index] = (number, families[number].count)
            families[number].append(index)
        }
        (self.places, self.families, self.membership, self.earlier) = (places, families, membership, earlier)
    }

    /// The change of the same commit and file name that comes right before by number.
    func before(_ index: Int) -> Int? { earlier[index] }

    /// The nearest changes of the same commit and file name, half of them before and half behind.
    func around(_ index: Int, limit: Int) -> [Int] {
        let (number, position) = membership[index]
        let family = families[number]
        let range = max(0, position - limit / 2)..<min(family.count, position + limit / 2 + 1)
        return family[range].filter { $0 != index }
    }
}
