internal import ModmetaFormats

/// The pointer changes of a log, ordered from the newest, and the guess which earlier object a new one resembles.
///
/// What an answer costs does not grow with the number of files in a commit: all that is looked for is sorted beforehand.
struct PointerHistory: Sendable {
    private let changes: [PointerChange]
    private var byObject: [ObjectID: [Int]] = [:]
    private var byPath: [String: [Int]] = [:]
    private var byFileName: [Substring: [Int]] = [:]
    private var byExtension: [Substring: [Int]] = [:]
    private let replacements: PathReplacements
    private let siblings: NumberedSiblings

    /// How many places of an object are looked at; a file copied a thousand times has the same past everywhere.
    private static let anchorLimit = 16
    /// How many changes of one kind are looked at for one place.
    private static let scanLimit = 256
    /// Files of one extension only are not compared when one is so many times larger than the other.
    private static let sizeRatio = 4.0

    /// Creates a history.
    ///
    /// - Parameter changes: those of the newest commit first.
    init(_ changes: [PointerChange]) {
        self.changes = changes
        replacements = PathReplacements(changes)
        siblings = NumberedSiblings(changes)
        for (index, change) in changes.enumerated() {
            if let object = change.new?.object { byObject[object, default: []].append(index) }
            byPath[change.path, default: []].append(index)
            byFileName[change.fileName, default: []].append(index)
            if let fileExtension = change.fileExtension { byExtension[fileExtension, default: []].append(index) }
        }
    }

    /// Whether a commit of this history brought in the object.
    func contains(_ object: ObjectID) -> Bool { byObject[object] != nil }

    /// Returns the objects that are most likely to be earlier versions, the likeliest first.
    func previousVersions(of object: ObjectID, size: UInt64, limit: Int) -> [ObjectID] {
        let anchors = (byObject[object] ?? []).prefix(PointerHistory.anchorLimit)
        var found = Candidates(excluding: object, limit: limit)
        // Each rule goes over all places before the next one does: a weak rule at one place is no match for a strong one.
        let rules: [(Int, inout Candidates) -> Void] = [
            addReplaced, addRemovedNearby, addEarlierAtPath, addEarlierFileName, addSameCommitFileName, addLaterAtPath,
            { addSameExtension($0, size, &$1) },
        ]
        for rule in rules {
            for anchor in anchors where !found.isFull { rule(anchor, &found) }
        }
        return found.objects
    }

    /// How many changes belong together as companions; as many objects fit into one question to a server.
    private static let companionCount = 100

    /// Returns the objects of the changes around the one that brought an object in.
    ///
    /// The history is divided once for all, so that each object belongs to one group, whichever is asked about first.
    func companions(of object: ObjectID) -> [(id: ObjectID, size: UInt64)] {
        guard let anchor = byObject[object]?.first else { return [] }
        let start = anchor - anchor % PointerHistory.companionCount
        var seen: Set<ObjectID> = []
        return changes[start..<min(start + PointerHistory.companionCount, changes.count)].compactMap { change in
            change.new.flatMap { seen.insert($0.object).inserted ? ($0.object, $0.size) : nil }
        }
    }

    /// Returns the object that came right before, or nil where none did.
    func predecessor(of object: ObjectID) -> ObjectID? {
        first(for: object, by: [addReplaced, addEarlierAtPath, addEarlierFileName, addNamedBefore])
    }

    /// Returns the object that came right before at the same path, or nil where none did.
    func replaced(by object: ObjectID) -> ObjectID? { first(for: object, by: [addReplaced, addEarlierAtPath]) }

    /// Where an object first came in, counted from the oldest change that is known; within a commit by numbered names.
    func place(of object: ObjectID) -> UInt64? {
        byObject[object]?.lazy.map { UInt64(siblings.places[$0]) }.min()
    }

    private func first(for object: ObjectID, by rules: [(Int, inout Candidates) -> Void]) -> ObjectID? {
        let anchors = (byObject[object] ?? []).prefix(PointerHistory.anchorLimit)
        var found = Candidates(excluding: object, limit: 1)
        for rule in rules {
            for anchor in anchors where !found.isFull { rule(anchor, &found) }
        }
        return found.objects.first
    }

    /// Of files added by one commit, as `checkpoint-50/model` and `checkpoint-100/model`, the nearest one before.
    private func addNamedBefore(_ anchor: Int, _ found: inout Candidates) {
        if let nearest = siblings.before(anchor) { found.add(changes[nearest].new) }
    }

    private func addReplaced(_ anchor: Int, _ found: inout Candidates) {
        found.add(changes[anchor].old)
    }

    /// A path renamed: the one pointer of that file name, or else the only one, that left the same commit.
    private func addRemovedNearby(_ anchor: Int, _ found: inout Candidates) {
        guard changes[anchor].old.isEmpty, let only = replacements.only(beside: changes[anchor]) else { return }
        found.add(changes[only].old)
        for index in later(than: only, in: byPath[changes[only].path]) { found.add(changes[index].new) }
    }

    private func addEarlierAtPath(_ anchor: Int, _ found: inout Candidates) {
        let earlier = later(than: anchor, in: byPath[changes[anchor].path])
        for index in earlier { found.add(changes[index].new) }
        // What was there before the first commit that is known, as in a shallow clone.
        for index in earlier { found.add(changes[index].old) }
    }

    private func addEarlierFileName(_ anchor: Int, _ found: inout Candidates) {
        let named = byFileName[changes[anchor].fileName] ?? []
        let first = named.partitioningIndex { changes[$0].commit > changes[anchor].commit }
        for index in nearestFirst(Array(named[first...].prefix(PointerHistory.scanLimit)), to: anchor) {
            found.add(changes[index].new)
        }
    }

    private func addSameCommitFileName(_ anchor: Int, _ found: inout Candidates) {
        for index in nearestFirst(siblings.around(anchor, limit: PointerHistory.scanLimit), to: anchor) {
            found.add(changes[index].old)
            found.add(changes[index].new)
        }
    }

    private func addLaterAtPath(_ anchor: Int, _ found: inout Candidates) {
        let path = byPath[changes[anchor].path] ?? []
        let end = path.partitioningIndex { $0 >= anchor }
        for index in path[..<end].suffix(PointerHistory.scanLimit).reversed() { found.add(changes[index].new) }
    }

    private func addSameExtension(_ anchor: Int, _ size: UInt64, _ found: inout Candidates) {
        guard let fileExtension = changes[anchor].fileExtension else { return }
        let indices = byExtension[fileExtension] ?? []
        let first = indices.partitioningIndex { changes[$0].commit >= changes[anchor].commit }
        for index in nearestFirst(Array(indices[first...].prefix(PointerHistory.scanLimit)), to: anchor) {
            for pointer in [changes[index].new].compactMap(\.self) + changes[index].old
            where pointer.size > 0 && size > 0 {
                let ratio = Double(pointer.size) / Double(size)
                if ratio <= PointerHistory.sizeRatio && ratio >= 1 / PointerHistory.sizeRatio { found.add(pointer) }
            }
        }
    }

    private func later(than anchor: Int, in indices: [Int]?) -> [Int] {
        guard let indices else { return [] }
        let first = indices.partitioningIndex { $0 > anchor }
        return Array(indices[first...].prefix(PointerHistory.scanLimit))
    }

    /// Orders by commit, the newest first, and within a commit by how much of the path is shared, then the last path first:
    /// beside `checkpoint-150` that is `checkpoint-100` before `checkpoint-50`.
    private func nearestFirst(_ indices: [Int], to anchor: Int) -> [Int] {
        let path = Array(changes[anchor].path.utf8)
        let ranked = indices.map { index in
            (index, shared: zip(path, changes[index].path.utf8).prefix { $0 == $1 }.count)
        }
        return ranked.sorted { left, right in
            let (a, b) = (changes[left.0], changes[right.0])
            return (a.commit, -left.shared, b.path) < (b.commit, -right.shared, a.path)
        }.map(\.0)
    }
}

/// Objects found so far, each once, up to a number.
private struct Candidates {
    private(set) var objects: [ObjectID] = []
    private var seen: Set<ObjectID>
    private let limit: Int

    init(excluding object: ObjectID, limit: Int) {
        seen = [object]
        self.limit = limit
    }

    var isFull: Bool { objects.count >= limit }

    mutating func add(_ pointers: [LFSPointer]) { pointers.forEach { add($0) } }

    mutating func add(_ pointer: LFSPointer?) {
        guard let pointer, !isFull, seen.insert(pointer.object).inserted else { return }
        objects.append(pointer.object)
    }
}
