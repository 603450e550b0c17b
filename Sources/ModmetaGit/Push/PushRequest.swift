/// One line of a push batch: `[+]<source>:<destination>`.
struct PushRequest: Hashable, Sendable {
    /// Whether the destination may lose commits.
    var isForced: Bool
    /// A ref or object of the local repository; empty to delete the destination.
    var source: String
    /// The full name of the store's ref.
    var destination: String

    /// Whether the destination is to be deleted.
    var isDeletion: Bool { source.isEmpty }

    /// Parses what follows `push `.
    init?(_ text: Substring) {
        isForced = text.first == "+"
        let refspec = isForced ? text.dropFirst() : text
        // Neither side can hold a colon: refs must not, and git resolves other expressions before it sends them.
        guard let colon = refspec.firstIndex(of: ":") else { return nil }
        source = String(refspec[..<colon])
        destination = String(refspec[refspec.index(after: colon)...])
        guard !destination.isEmpty else { return nil }
    }
}
