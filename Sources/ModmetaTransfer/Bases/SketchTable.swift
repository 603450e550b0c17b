internal import ModmetaFormats

/// Sketches, ordered by age and gathered by what they say: files of one architecture have the same features.
///
/// So what a search costs depends on the architectures there are, and not on the number of files.
struct SketchTable {
    /// A file, and the group its features make it one of.
    private struct File {
        var object: ObjectID
        var size: UInt64
        var stored: UInt64
        var group: Int

        static func precedes(_ left: File, _ right: File) -> Bool {
            (left.stored, left.object) < (right.stored, right.object)
        }
    }

    /// How many files of a group are kept for searches by features: the latest.
    private static let memberLimit = 32
    /// How many files are looked at when the latest of a size are wanted.
    private static let scanLimit = 4096

    /// All files, the oldest first.
    private var files: [File] = []
    private var groups: [(features: [UInt64], latest: [File])] = []
    private var numbers: [[UInt64]: Int] = [:]

    var isEmpty: Bool { files.isEmpty }

    /// Adds sketches that were not added before.
    mutating func add(_ sketches: [Sketch]) {
        guard !sketches.isEmpty else { return }
        for sketch in sketches {
            let group = numbers[sketch.features] ?? groups.count
            if group == groups.count {
                numbers[sketch.features] = group
                groups.append((sketch.features, []))
            }
            let file = File(object: sketch.object, size: sketch.size, stored: sketch.stored, group: group)
            files.append(file)
            groups[group].latest.append(file)
        }
        // What was stored last comes last nearly always, and sorting what is sorted is cheap.
        files.sort(by: File.precedes)
        for group in Set(sketches.compactMap { numbers[$0.features] }) {
            groups[group].latest.sort(by: File.precedes)
            groups[group].latest.removeFirst(max(0, groups[group].latest.count - Self.memberLimit))
        }
    }

    /// The latest file of each group that has any of some features.
    func candidates(for features: Set<UInt64>, excluding known: Set<ObjectID>) -> [Sketch] {
        groups.compactMap { group in
            guard group.features.contains(where: features.contains),
                let file = group.latest.last(where: { !known.contains($0.object) })
            else { return nil }
            return Sketch(object: file.object, size: file.size, stored: file.stored, features: Set(group.features))
        }
    }

    /// The latest files that have at least a share of some features, the last one first.
    func alike(
        _ features: Set<UInt64>, leastShare: Double, excluding known: Set<ObjectID>, limit: Int
    ) -> [ObjectID] {
        var found: [File] = []
        for group in groups {
            guard let latest = group.latest.last, group.features.contains(where: features.contains) else { continue }
            let sketch = Sketch(
                object: latest.object, size: latest.size, stored: latest.stored, features: Set(group.features))
            guard sketch.share(of: features) >= leastShare else { continue }
            found += group.latest.filter { !known.contains($0.object) }.suffix(limit)
        }
        return found.sorted(by: File.precedes).suffix(limit).reversed().map(\.object)
    }

    /// The latest files, the last one first.
    func latest(_ limit: Int, upTo size: UInt64, excluding known: Set<ObjectID>) -> [ObjectID] {
        Array(
            files.reversed().prefix(Self.scanLimit).lazy
                .filter { $0.size <= size && !known.contains($0.object) }.map(\.object).prefix(limit))
    }
}
