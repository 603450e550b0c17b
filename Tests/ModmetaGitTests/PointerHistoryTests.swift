import ModmetaFormats
import Testing

@testable import ModmetaGit

/// The guess which object came before, where one commit has very many.
@Suite(.timeLimit(.minutes(5))) struct PointerHistoryTests {
    private static func object(_ number: Int) -> ObjectID { PointerRepository.object(number) }

    private static func change(_ commit: Int, _ path: String, _ old: [Int], _ new: Int?) -> PointerChange {
        PointerChange(
            commit: commit, path: path, old: old.map { LFSPointer(object: object($0), size: 1000) },
            new: new.map { LFSPointer(object: object($0), size: 1000) })
    }

    @Test("of thousands of files of one name the ones nearest by number are named, at a cost that does not grow")
    func manySiblings() {
        let count = 4000
        // As git lists them, by the bytes of their paths.
        let names = (0..<count).map { "run/checkpoint-\($0)/adapter.bin" }.sorted()
        let history = PointerHistory(
            names.map { name in
                Self.change(0, name, [], Int(name.split(separator: "-")[1].prefix { $0 != "/" }) ?? 0)
            })
        for number in 0..<count {
            #expect(history.predecessor(of: Self.object(number)) == (number == 0 ? nil : Self.object(number - 1)))
            #expect(history.replaced(by: Self.object(number)) == nil)
            #expect(history.place(of: Self.object(number)) == UInt64(number))
        }
        for number in [3, 1999, 3998] {
            let found = history.previousVersions(of: Self.object(number), size: 1000, limit: 300)
            #expect(found.contains(Self.object(number - 1)) && found.contains(Self.object(number + 1)))
        }
    }

    @Test("earlier commits are looked at behind a commit of many files")
    func behindManySiblings() {
        let new = (0..<1000).map { (number: Int) in Self.change(0, "b/\(number)/adapter.bin", [], number) }
        let history = PointerHistory(new + [Self.change(1, "a/adapter.bin", [], 5000)])
        let found = history.previousVersions(of: Self.object(500), size: 1000, limit: 8)
        #expect(found.first == Self.object(5000))
    }

    @Test("the place of an object is that of its first commit")
    func places() {
        // Versions 1 2 1 3: the first was restored.
        let history = PointerHistory([
            Self.change(0, "m.bin", [1], 3), Self.change(1, "m.bin", [2], 1), Self.change(2, "m.bin", [1], 2),
            Self.change(3, "m.bin", [], 1),
        ])
        let places = [1, 2, 3].map { history.place(of: Self.object($0)) ?? .max }
        #expect(places == places.sorted() && places[2] < .max)
        #expect(history.place(of: Self.object(9)) == nil)
        #expect([1, 2, 3].map { history.replaced(by: Self.object($0)) } == [2, 1, 1].map(Self.object))
    }

    @Test("a path that is renamed in a commit of many files is followed if it is the only one of its name")
    func renames() {
        let added = (0..<500).map { (number: Int) in Self.change(0, "new/\(number)/x.bin", [], number) }
        let removed = [Self.change(0, "old/y.gguf", [600], nil), Self.change(0, "old/x.bin", [601], nil)]
        let history = PointerHistory(added + removed + [Self.change(1, "old/x.bin", [602], 601)])
        let found = history.previousVersions(of: Self.object(7), size: 1000, limit: 2)
        #expect(found.first == Self.object(601))
    }
}
