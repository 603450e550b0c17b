public import ModmetaFormats

/// What an audit of a store found.
public struct AuditReport: Hashable, Sendable {
    /// One thing that is wrong with the store.
    public struct Finding: Hashable, Sendable {
        /// In which way an object is wrong.
        public enum Kind: String, Hashable, Sendable {
            /// Its bytes are not those it was stored with.
            case flipped
            /// It lacks bytes at its end.
            case truncated
            /// It is needed and not there.
            case missing
            /// It cannot be read.
            case unreadable
            /// It is of a version that this program does not know, and may be sound.
            case unknown
        }

        /// The object.
        public var key: ObjectKey
        /// In which way it is wrong.
        public var kind: Kind
        /// What exactly is wrong, as a sentence without a final full stop.
        public var detail: String
        /// The LFS objects that cannot be rebuilt because of it, in order; empty if it harms none.
        public var harms: [ObjectID]

        /// Whether deleting the object takes nothing from anybody: it is damaged, and this program can tell.
        public var isRemovable: Bool { key != .format && kind != .unknown && kind != .missing }
    }

    /// What is wrong, in the order of the keys.
    public var findings: [Finding] = []
    /// Payloads that are damaged or gone, and whose chunks are all there as stand-ins.
    public var standingIn: [ObjectKey] = []
    /// What is odd but harms nothing: the relative paths of foreign files.
    public var foreignFiles: [String] = []
    /// How many objects, manifests and sketches were looked at.
    public var objectsChecked = 0
    /// How many bytes were read and hashed.
    public var bytesChecked: UInt64 = 0
    /// What the store can give back.
    public var contents = StoreContents()

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty }
}

/// Which LFS objects a store can give back, as an audit found.
public struct StoreContents: Hashable, Sendable {
    /// What becomes of a reader who wants an object.
    public enum Verdict: Hashable, Sendable {
        /// It gets the object.
        case given
        /// The store has nothing of it: no manifest, and not the object itself.
        case missing
        /// The store has a manifest of it, and not all that the manifest names, or the object itself is damaged.
        case incomplete
        /// The store has an object of that name of so many bytes.
        case otherSize(UInt64)
        /// Its manifest is of a version that this program does not know.
        case unknown
    }

    /// The sizes of the objects whose manifests and payloads are sound.
    var rebuilt: [Digest: UInt64] = [:]
    /// The sizes of sound objects that are there by their own names, payloads among them.
    var whole: [Digest: UInt64] = [:]
    /// Objects whose manifests cannot be judged.
    var unknown: Set<Digest> = []
    /// Objects of which something is there.
    var known: Set<Digest> = []

    /// What becomes of a reader who wants an object of so many bytes.
    public func verdict(on object: ObjectID, size: UInt64) -> Verdict {
        let sizes = [rebuilt[object.digest], whole[object.digest]].compactMap(\.self)
        if sizes.contains(size) { return .given }
        if let other = sizes.first { return .otherSize(other) }
        if unknown.contains(object.digest) { return .unknown }
        return known.contains(object.digest) ? .incomplete : .missing
    }
}
