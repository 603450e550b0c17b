internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// The JSON form of what `modmeta store verify` found.
struct VerificationDocument: Encodable {
    struct Finding: Encodable {
        var key: String
        var kind: String
        var detail: String
        var harms: [String]
    }

    struct GitFinding: Encodable {
        var place: String
        var kind: String
        var detail: String
    }

    struct LostPointer: Encodable {
        var object: String
        var size: UInt64
        var file: String
        var commit: String?
        var name: String?
        var reason: String
    }

    var objectsChecked: Int
    var bytesChecked: UInt64
    var refsChecked: Int
    var pointersChecked: Int
    var findings: [Finding]
    var gitFindings: [GitFinding]
    var lostPointers: [LostPointer]
    var standingIn: [String]
    var foreignFiles: [String]
    var notes: [String]

    init(_ report: AuditReport, _ histories: [HistoryReport]) {
        objectsChecked = report.objectsChecked
        bytesChecked = report.bytesChecked
        refsChecked = histories.reduce(0) { $0 + $1.refCount }
        pointersChecked = histories.reduce(0) { $0 + $1.pointerCount }
        findings = report.findings.map {
            Finding(key: $0.key.path, kind: $0.kind.rawValue, detail: $0.detail, harms: $0.harms.map(\.hex))
        }
        gitFindings = histories.flatMap(\.findings).map {
            GitFinding(place: $0.place, kind: $0.kind.rawValue, detail: $0.detail)
        }
        lostPointers = histories.flatMap(\.lostPointers).map {
            LostPointer(
                object: $0.object.hex, size: $0.size, file: $0.file, commit: $0.commit, name: $0.name,
                reason: $0.verdict.word)
        }
        standingIn = report.standingIn.map(\.path)
        foreignFiles = report.foreignFiles
        notes = histories.flatMap(\.notes)
    }
}

extension StoreContents.Verdict {
    /// The verdict in a word.
    fileprivate var word: String {
        switch self {
        case .given: "given"
        case .missing: "missing"
        case .incomplete: "incomplete"
        case .otherSize: "size"
        case .unknown: "unknown"
        }
    }
}
