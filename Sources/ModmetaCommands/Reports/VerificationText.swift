internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// What `modmeta store verify` says to people.
struct VerificationText {
    let url: StoreURL
    let report: AuditReport
    let histories: [HistoryReport]

    private var lost: [HistoryReport.LostPointer] { histories.flatMap(\.lostPointers) }
    private var findings: [HistoryReport.Finding] { histories.flatMap(\.findings) }

    /// Prints everything.
    func show() {
        for finding in report.findings {
            Terminal.print("\(finding.kind.rawValue): \(finding.key.path): \(finding.detail)")
            for object in finding.harms { Terminal.print("  harms object \(object)") }
        }
        for finding in findings {
            Terminal.print("\(finding.kind.rawValue): \(finding.place): \(finding.detail)")
        }
        for pointer in lost { Terminal.print(VerificationText.line(pointer)) }
        for key in report.standingIn {
            Terminal.print("note: \(key.path) is lost or damaged; raw chunks stand in for it")
        }
        for path in report.foreignFiles { Terminal.print("note: \(path) is not modmeta's") }
        for note in histories.flatMap(\.notes) { Terminal.print("note: \(note)") }
        let problems = report.findings.count + findings.count + lost.count
        let refs = histories.reduce(0) { $0 + $1.refCount }
        let pointers = histories.reduce(0) { $0 + $1.pointerCount }
        Terminal.print(
            "\(report.objectsChecked) objects, \(formatted(bytes: report.bytesChecked)); \(refs) refs, "
                + "\(pointers) pointers: " + (problems == 0 ? "all sound" : "\(problems) findings"))
        for line in advice { Terminal.error("modmeta: \(line)") }
    }

    private static func line(_ pointer: HistoryReport.LostPointer) -> String {
        let reason =
            switch pointer.verdict {
            case .missing, .given: "the store has neither a manifest nor the object"
            case .incomplete: "the store has not all that it is rebuilt from"
            case .otherSize(let size): "the store has \(size) bytes of that name, the pointer says \(pointer.size)"
            case .unknown: "its manifest is of a later version, which this modmeta cannot judge"
            }
        let place = [pointer.name, pointer.commit.map { "commit \($0.prefix(12))" }].compactMap(\.self)
        let text = place.isEmpty ? "" : " (\(place.joined(separator: ", ")))"
        return "lost: \(pointer.file)\(text): \(reason): object \(pointer.object)"
    }

    /// What mends it.
    private var advice: [String] {
        var advice: [String] = []
        if !lost.isEmpty || report.findings.contains(where: { !$0.harms.isEmpty }) {
            advice.append(
                "to bring weights back, run in each repository that has them: git lfs push --all <remote>; "
                    + "for what remains, from anywhere: modmeta store repair <store> <repository>")
        }
        if !findings.isEmpty {
            advice.append(
                "to bring Git's side back, see \"Repair Git's side\" in docs/guides/stores.md: refs are pushed again, "
                    + "packs are put back or made from a clone")
        }
        return advice
    }
}
