internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaRepository
internal import ModmetaSnapshots
internal import ModmetaSystem

/// `modmeta list`: the snapshots of a repository.
struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the snapshots of this repository.",
        discussion: "Conditions are a metric, a comparison and a number, for example 'loss<0.4'; all must hold.")

    @Argument(help: "Conditions on metrics.")
    var conditions: [String] = []

    @Option(help: "Only snapshots of this project.")
    var project: String?

    @Option(help: "Only snapshots of this base model.")
    var base: String?

    @Option(help: "Only snapshots made at or after this time in UTC, for example 2024-05-22 or 2024-05-22T14:30.")
    var since: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            var filter = SnapshotFilter()
            filter.metrics = try conditions.map { try MetricFilter(parsing: $0) }
            filter.since = try since.map(beginning)
            (filter.project, filter.baseModel) = (project, base)
            let snapshots = try await SnapshotRepository.here().snapshots().filter { filter.matches($0) }
            if json { return try JSONOutput.print(snapshots.map(\.value)) }
            let rows = snapshots.map { snapshot in
                [
                    snapshot.name, snapshot.id.description, snapshot.created,
                    snapshot.metric("loss").map { SpecialNumber($0)?.rawValue ?? "\($0)" } ?? "",
                    snapshot.value["method"]?["label"]?.text ?? "",
                    snapshot.value["message"]?.text ?? "",
                ]
            }
            Table.print(
                header: ["name", "id", "created", "loss", "method", "message"], rows: rows, rightAligned: [3])
        }
    }

    private func beginning(_ text: String) throws -> String {
        if let time = SnapshotFilter.beginning(of: text) { return time }
        let isCondition = (try? MetricFilter(parsing: text)) != nil
        throw CommandFailure(
            kind: .input,
            message: "\(text) is no time; write as much as you like of 2024-05-22T14:30:00, in UTC",
            hints: isCondition ? ["A condition stands by itself: \(command: "modmeta list \(text)")"] : [])
    }
}
