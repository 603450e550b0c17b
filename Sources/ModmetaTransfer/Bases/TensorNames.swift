internal import ModmetaFormats

/// Finds tensors by name, also where a wrapper put a prefix before all names or took one away.
///
/// `module.` comes from data-parallel training, `base_model.model.` from adapters, `_orig_mod.` from compilation.
struct TensorNames: Sendable {
    /// The parts of a prefix, at most.
    private static let prefixLimit = 4
    /// The parts that must be left of a name without its prefix for the rest to say anything.
    private static let leastParts = 2

    private let exact: [ByteString: Int]
    /// Tensors by what is left of their names without a prefix, where that is the rest of one name only.
    private let shortened: [ByteString: Int]

    init(_ layout: Layout) {
        // A hostile layout may name a tensor twice; the first one serves.
        exact = Dictionary(
            layout.tensors.enumerated().map { (ByteString($1.name), $0) }, uniquingKeysWith: { first, _ in first })
        var shortened: [ByteString: Int] = [:]
        var ambiguous: Set<ByteString> = []
        for (index, tensor) in layout.tensors.enumerated() {
            for rest in TensorNames.rests(of: tensor.name) where shortened.updateValue(index, forKey: rest) != nil {
                ambiguous.insert(rest)
            }
        }
        for rest in ambiguous { shortened.removeValue(forKey: rest) }
        self.shortened = shortened
    }

    /// Whether a tensor of exactly this name is here.
    func contains(_ name: String) -> Bool { exact[ByteString(name)] != nil }

    /// The tensor that corresponds to one of another file.
    ///
    /// - Parameter serves: whether a tensor will do; it is told if the name is exactly the same.
    func match(of tensor: Layout.Tensor, serves: (_ index: Int, _ isExact: Bool) -> Bool) -> Int? {
        if let index = exact[ByteString(tensor.name)] { return serves(index, true) ? index : nil }
        if let index = shortened[ByteString(tensor.name)], serves(index, false) { return index }
        for rest in TensorNames.rests(of: tensor.name) {
            if let index = exact[rest], serves(index, false) { return index }
            if let index = shortened[rest], serves(index, false) { return index }
        }
        return nil
    }

    /// What is left of a name without its first part, its first two parts, and so on.
    ///
    /// A part with a digit is none of a prefix: without the number of its layer, a tensor could be that of any layer.
    private static func rests(of name: String) -> [ByteString] {
        var rests: [ByteString] = []
        var rest = name[...]
        var parts = name.utf8.reduce(1) { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) }
        while rests.count < prefixLimit, parts > leastParts, let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            guard !rest[..<dot].utf8.contains(where: { (0x30...0x39).contains($0) }) else { break }
            rest = rest[rest.utf8.index(after: dot)...]
            parts -= 1
            rests.append(ByteString(rest))
        }
        return rests
    }
}
