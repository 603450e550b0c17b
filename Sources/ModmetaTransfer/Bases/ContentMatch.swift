internal import ModmetaFormats

/// Finds what tensors of a new file are later versions of where names do not say it: by the numbers themselves.
///
/// Tensors that were renamed, whose rows were divided among other files, or that never had a name (the items of a
/// distributed checkpoint, partitions of an optimizer).
struct ContentMatch {
    /// Tensors shorter than this have too few places to be told by.
    private static let leastTensor = 32 << 10
    /// How many times the new file's size is read of stored files at most.
    private static let readLimit: UInt64 = 4

    private let layout: Layout
    private let anchors: ContentAnchors
    /// The tensors that are looked for, in order.
    private let wanted: [Int]
    /// The places of the new file by what tells them; nil for what tells several.
    private var places: [UInt64: (tensor: Int32, position: UInt64)?] = [:]
    private var elements: Set<ElementKind> = []
    private var readLeft: UInt64

    /// What was found: the stretches of each tensor in order, by the tensor's place in the layout.
    private(set) var stretches: [Int: [ContentStretch]] = [:]

    /// Reads the tensors that are looked for.
    ///
    /// - Returns: nil where they are too little to be worth it.
    init?(_ tensors: [Int], of layout: Layout, in file: LocalFile) throws {
        self.layout = layout
        wanted = tensors.filter { index in
            layout.tensors[index].range.count >= Self.leastTensor
                && ContentAnchors.apply(to: layout.tensors[index].element)
        }
        let bytes = wanted.reduce(0) { $0 + UInt64(layout.tensors[$1].range.count) }
        guard bytes * 50 >= layout.size, bytes > 0 else { return nil }
        anchors = ContentAnchors(fileSize: layout.size)
        readLeft = max(256 << 20, Self.readLimit * layout.size)
        for index in wanted {
            elements.insert(layout.tensors[index].element)
            try anchors.forEach(of: layout.tensors[index], in: file) { anchor in
                // What occurs twice says nothing.
                if places.updateValue((Int32(index), anchor.position), forKey: anchor.key) != nil {
                    places.updateValue(nil, forKey: anchor.key)
                }
            }
        }
    }

    /// The share of the bytes looked for that were found, between 0 and 1.
    var share: Double {
        let bytes = wanted.reduce(0) { $0 + layout.tensors[$1].range.count }
        let found = stretches.values.joined().reduce(0) { $0 + $1.range.count }
        return Double(found) / Double(max(1, bytes))
    }

    /// Looks for the tensors in a stored file of which this machine has a copy.
    ///
    /// - Parameter index: the file's place among the bases.
    /// - Returns: whether it has anything that those before do not have.
    mutating func add(_ base: Layout, at index: Int, in file: LocalFile) throws -> Bool {
        guard base.size == file.size, base.size <= readLeft else { return false }
        readLeft -= base.size
        var hits: [Int: [UInt64: ContentHit]] = [:]
        for (number, tensor) in base.tensors.enumerated() where elements.contains(tensor.element) {
            try anchors.forEach(of: tensor, in: file) { anchor in
                guard let place = places[anchor.key] ?? nil,
                    layout.tensors[Int(place.tensor)].dtype == tensor.dtype,
                    hits[Int(place.tensor)]?[place.position] == nil
                else { return }
                hits[Int(place.tensor), default: [:]][place.position] = ContentHit(
                    position: place.position, tensor: number, found: anchor.position)
            }
        }
        var isUseful = false
        for (tensor, found) in hits {
            let ordered = found.values.sorted { $0.position < $1.position }
            let new = ContentStretch.stretches(of: layout.tensors[tensor], hits: ordered, in: base, file: index)
            guard !new.isEmpty else { continue }
            let merged = ContentStretch.merged(stretches[tensor] ?? [], with: new)
            if merged.contains(where: { $0.file == index }) { isUseful = true }
            stretches[tensor] = merged
        }
        return isUseful
    }
}
