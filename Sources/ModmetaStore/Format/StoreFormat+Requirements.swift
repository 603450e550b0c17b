internal import ModmetaFormats

// What a program must know before it uses a store; docs/formats/store.md, "Features a program must know".

extension StoreFormat {
    /// The key of a line that names a feature without which a store cannot be read.
    static let readingKey = "requires"
    /// The key of a line that names a feature without which nothing may be written to a store.
    static let writingKey = "requires-to-write"
    /// The features this program knows.
    static let knownFeatures: Set<String> = [collectionFeature]
    /// Objects may be condemned while others push, see `Condemnation`.
    static let collectionFeature = "collection"

    /// The sentence about a feature that a line names and this program does not know; nil if it knows all.
    func unknownFeature(forWriting: Bool) -> String? {
        let line = extras.first {
            ($0.key == Self.readingKey || forWriting && $0.key == Self.writingKey)
                && !Self.knownFeatures.contains($0.value)
        }
        guard let line else { return nil }
        let verb = line.key == Self.readingKey ? "used" : "written to"
        return
            "the store may only be \(verb) by a modmeta that knows \(QuotedName(line.value)), and this one does not; "
            + "install a newer modmeta"
    }

    /// Checks that this program knows all that one must know who writes to the store.
    ///
    /// - Throws: `StoreError.Code.unsupported`, naming what it does not know.
    public func checkWritable() throws {
        if let unknown = unknownFeature(forWriting: true) { throw StoreError(.unsupported, unknown) }
    }

    /// A copy that only programs write to which know a feature.
    func requiringToWrite(_ feature: String) -> StoreFormat {
        var copy = self
        let line = Extra(key: Self.writingKey, value: feature)
        if !copy.extras.contains(line) { copy.extras.append(line) }
        return copy
    }
}
