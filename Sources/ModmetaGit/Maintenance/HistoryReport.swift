public import ModmetaFormats
public import ModmetaStore

/// What an audit of a store's Git side found.
public struct HistoryReport: Sendable {
    /// One thing that is wrong with refs or Git objects.
    public struct Finding: Sendable, Equatable {
        /// In which way.
        public enum Kind: String, Sendable {
            /// It is not what Git wrote.
            case damaged
            /// It is needed and not there.
            case missing
            /// It cannot be read.
            case unreadable
        }

        /// In which way it is wrong.
        public var kind: Kind
        /// The file or ref, as the store or its server spells it.
        public var place: String
        /// What exactly is wrong, in words of ours and of git's, without a final full stop.
        public var detail: String
    }

    /// A pointer that refs lead to and whose weights the store cannot give.
    public struct LostPointer: Sendable, Equatable {
        /// The LFS object.
        public var object: ObjectID
        /// Its size, as the pointer says.
        public var size: UInt64
        /// The path of the file in the commit.
        public var file: String
        /// The latest commit that has it; nil where a ref names a tree or a blob.
        public var commit: String?
        /// How a ref leads to the commit, as `main~2`; nil if that is not known.
        public var name: String?
        /// Why its weights cannot be had.
        public var verdict: StoreContents.Verdict
    }

    /// What is wrong, refs first.
    public var findings: [Finding] = []
    /// Pointers without weights, each object once.
    public var lostPointers: [LostPointer] = []
    /// What is odd and harms no reader.
    public var notes: [String] = []
    /// How many refs there are.
    public var refCount = 0
    /// How many pointers they lead to.
    public var pointerCount = 0

    /// Creates the report of a look that found nothing.
    public init() {}

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty && lostPointers.isEmpty }

    mutating func add(_ kind: Finding.Kind, _ place: String, _ detail: String) {
        findings.append(Finding(kind: kind, place: place, detail: detail))
    }

    /// Adds what may have been found before, from another ref.
    mutating func addOnce(_ kind: Finding.Kind, _ place: String, _ detail: String) {
        let finding = Finding(kind: kind, place: place, detail: detail)
        if !findings.contains(finding) { findings.append(finding) }
    }
}
