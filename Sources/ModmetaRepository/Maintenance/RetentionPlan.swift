internal import ModmetaFormats
public import ModmetaGit
public import ModmetaSnapshots

/// Which snapshots of a store's history rules keep, and which go.
public struct RetentionPlan: Sendable {
    /// A snapshot and what becomes of it.
    public struct Member: Sendable {
        /// What the snapshot says.
        public var document: SnapshotDocument
        /// Why it is kept; empty if no rule keeps it.
        public var reasons: [String]
        /// Whether a ref that stays leads to its commit, so that its weights stay whatever becomes of its tag.
        public var isReachable: Bool
        let tag: MaintainedHistory.Ref

        /// Whether its tag stays.
        public var isKept: Bool { !reasons.isEmpty }
    }

    /// The snapshots, the latest first.
    public let members: [Member]
    /// Tags that look like a snapshot's and lead to no readable document, with the reasons; they stay.
    public let unreadable: [(name: String, reason: String)]
    private let history: MaintainedHistory

    /// Looks at all snapshots of a history; nothing is changed.
    ///
    /// - Parameters:
    ///   - rules: what is kept, within each project.
    ///   - project: only snapshots of this project are looked at; nil for all.
    ///   - history: the history of the store.
    /// - Throws: `RemoteHelperError` if the history cannot be read, `SnapshotError` if a rule keeps nothing.
    public init(_ rules: RetentionRules, project: String? = nil, in history: MaintainedHistory) async throws {
        let snapshots = try await StoreSnapshots(in: history)
        let members = snapshots.members.filter {
            project == nil || $0.document.value["context"]?["project"]?.text?.hasSameBytes(as: project ?? "") == true
        }
        try rules.check(against: members.map(\.document))
        let reasons = rules.reasons(for: members.map(\.document), tagged: snapshots.tagged)
        let going = members.filter { reasons[ByteString($0.document.name)] == nil }
        let held = try await history.reachable(
            Set(going.map(\.tag.peeled)), without: Set(going.map { ByteString($0.tag.name) }))
        self.members = members.map { member in
            Member(
                document: member.document, reasons: reasons[ByteString(member.document.name)] ?? [],
                isReachable: held.contains(member.tag.peeled), tag: member.tag)
        }
        unreadable = snapshots.unreadable
        self.history = history
    }

    /// The projects of which nothing would stay, and how many snapshots each has.
    public var emptied: [(project: String, count: Int)] {
        Dictionary(grouping: members, by: \.document.project).filter { !$0.value.contains(where: \.isKept) }
            .sorted { $0.key < $1.key }.map { ($0.key.text, $0.value.count) }
    }

    /// Deletes the tags of the snapshots that no rule keeps, all or none.
    ///
    /// - Throws: `RemoteHelperError.Code.transfer` if one of them changed since it was looked at.
    public func apply() async throws { try await history.delete(members.filter { !$0.isKept }.map(\.tag)) }
}
