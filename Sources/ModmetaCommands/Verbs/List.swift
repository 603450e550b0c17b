internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaSnapshots

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
            let filters = try conditions.map { try MetricFilter(parsing: $0) }
            let since = try since.map(beginning)
            let snapshots = try await SnapshotRepository.discover().snapshots().filter { snapshot in
                let context = snapshot.value["context"]
                return filters.allSatisfy { $0.matches(snapshot) }
                    && (project.map { context?["project"]?.text == $0 } ?? true)
                    && (base.map { context?["base_model"]?["id"]?.text == $0 } ?? true)
                    && (since.map { snapshot.created >= $0 } ?? true)
            }
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

    /// The beginning that the time of a snapshot has or comes after.
    private func beginning(_ text: String) throws -> String {
        let template = "dddd-dd-ddTdd:dd:ddZ"
        let time = text.replacing(" ", with: "T", maxReplacements: 1)
        let isTime = zip(time, template).allSatisfy { $1 == "d" ? $0.isASCII && $0.isNumber : $0 == $1 }
        guard isTime, [4, 7, 10, 13, 16, 19, 20].contains(time.count) else {
            let isCondition = (try? MetricFilter(parsing: text)) != nil
            throw CommandFailure(
                kind: .input,
                message: "\(text) is no time; write as much as you like of 2024-05-22T14:30:00, in UTC",
                hints: isCondition ? ["A condition stands by itself: \(command: "modmeta list \(text)")"] : [])
        }
        return time
    }
}
