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
        }

        /// The object.
        public var key: ObjectKey
        /// In which way it is wrong.
        public var kind: Kind
        /// What exactly is wrong, as a sentence without a final full stop.
        public var detail: String
        /// The LFS objects that cannot be rebuilt because of it, in order; empty if it harms none.
        public var harms: [ObjectID]
    }

    /// What is wrong, in the order of the keys.
    public var findings: [Finding] = []
    /// What is odd but harms nothing: the relative paths of foreign files.
    public var foreignFiles: [String] = []
    /// How many objects, manifests and sketches were looked at.
    public var objectsChecked = 0
    /// How many bytes were read and hashed.
    public var bytesChecked: UInt64 = 0

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty }
}
