internal import ModmetaFormats

/// The refs of a store at one moment.
struct StoreRefs: Equatable, Sendable {
    /// A ref and the object it names.
    struct Ref: Equatable, Sendable {
        /// The full name, as `refs/heads/main`.
        var name: String
        /// The object it names.
        var target: GitObjectName
        /// What an annotated tag is about, where that was asked for.
        var peeled: GitObjectName?

        static func == (left: Ref, right: Ref) -> Bool {
            left.target == right.target && left.peeled == right.peeled && left.name.hasSameBytes(as: right.name)
        }
    }

    /// What HEAD holds.
    enum Head: Equatable, Sendable {
        /// The full name of a ref, which need not exist.
        case branch(String)
        /// An object.
        case detached(GitObjectName)

        /// Parses the content of a HEAD file.
        init?(parsing text: String) {
            let line = text.split(separator: "\n", maxSplits: 1).first ?? ""
            if line.hasPrefix("ref:") {
                let name = line.dropFirst(4).drop { $0 == " " || $0 == "\t" }
                guard RefName.isValid(name) else { return nil }
                self = .branch(String(name))
            } else {
                guard let object = GitObjectName(line) else { return nil }
                self = .detached(object)
            }
        }
    }

    /// All refs, ordered by name.
    let all: [Ref]
    /// What HEAD holds.
    let head: Head
    private let targets: [ByteString: GitObjectName]

    init(_ all: [Ref], head: Head) {
        self.all = all
        self.head = head
        targets = Dictionary(all.map { (ByteString($0.name), $0.target) }) { first, _ in first }
    }

    /// A store without refs.
    static let empty = StoreRefs([], head: .branch("refs/heads/main"))

    /// The object a ref names, or nil if there is no such ref.
    subscript(_ name: String) -> GitObjectName? { targets[ByteString(name)] }

    /// The objects refs name, each once.
    var tips: Set<GitObjectName> { Set(targets.values) }
}
