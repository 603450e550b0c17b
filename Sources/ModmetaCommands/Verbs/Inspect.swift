internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaTransfer

/// `modmeta inspect`: what a weight file holds and how a push would cut it.
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a weight file's tensors and chunks.",
        discussion: "Nothing in the file is executed. A file of no known format is opaque: only its chunks are shown.")

    @Argument(help: "The file to look at.")
    var file: String

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let inspection = try Inspection(path: file)
            if json {
                try JSONOutput.print(InspectionDocument(inspection, path: file))
            } else {
                report(inspection)
            }
        }
    }

    private func report(_ inspection: Inspection) {
        let layout = inspection.layout
        Terminal.print(
            "\(file): \(layout.format), \(formatted(bytes: layout.size)), "
                + "\(layout.tensors.count) tensors, \(inspection.chunks.count) chunks")
        if let violation = inspection.violation {
            Terminal.print("treated as opaque: \(violation)")
        }
        if let answer = inspection.safeToLoad { report(answer) }
        let rows = layout.tensors.map { tensor in
            [
                escaped(tensor.name), tensor.dtype,
                "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]",
                "\(tensor.range.lowerBound)", "\(tensor.range.count)",
            ]
        }
        guard !rows.isEmpty else { return }
        Table.print(header: ["tensor", "dtype", "shape", "offset", "bytes"], rows: rows, rightAligned: [3, 4])
        for alias in inspection.aliases {
            Terminal.print("\(escaped(alias.name)) shares the bytes of \(escaped(alias.tensor))")
        }
    }

    private func report(_ answer: SafeToLoad) {
        switch answer.verdict {
        case .harmless: Terminal.print("safe to load: yes, its pickles import only what describes data")
        case .unknown: Terminal.print("safe to load: not known")
        case .dangerous: Terminal.print("safe to load: NO, loading it would run code")
        }
        for item in answer.imports where item.verdict != .harmless {
            Terminal.print("  \(item.verdict.rawValue) import: \(escaped(item.global.description))")
        }
        if let problem = answer.problem {
            Terminal.print("  what follows could not be looked at: \(problem)")
        }
    }
}

/// A tensor's name as it can be shown: control characters would steer the terminal.
func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        result += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
}

/// The JSON form of an inspection, see docs/guides/inspect.md.
private struct InspectionDocument: Encodable {
    struct Tensor: Encodable {
        var name: String
        var dtype: String
        var shape: [UInt64]
        var offset: UInt64
        var bytes: UInt64
    }
    struct Chunk: Encodable {
        var offset: UInt64
        var bytes: UInt64
    }

    struct Alias: Encodable {
        var name: String
        var tensor: String
    }
    struct Import: Encodable {
        var module: String
        var name: String
        var verdict: String
    }
    struct Safety: Encodable {
        var verdict: String
        var imports: [Import]
        var problem: String?
    }

    var file: String
    var format: String
    var size: UInt64
    var violation: String?
    var aliases: [Alias]
    var safeToLoad: Safety?
    var tensors: [Tensor]
    var chunks: [Chunk]

    init(_ inspection: Inspection, path: String) {
        file = path
        format = "\(inspection.layout.format)"
        size = inspection.layout.size
        violation = inspection.violation.map { "\($0)" }
        aliases = inspection.aliases.map { Alias(name: $0.name, tensor: $0.tensor) }
        safeToLoad = inspection.safeToLoad.map { answer in
            Safety(
                verdict: answer.verdict.rawValue,
                imports: answer.imports.map {
                    Import(module: $0.global.module, name: $0.global.name, verdict: $0.verdict.rawValue)
                },
                problem: answer.problem.map { "\($0)" })
        }
        tensors = inspection.layout.tensors.map {
            Tensor(
                name: $0.name, dtype: $0.dtype, shape: $0.shape, offset: $0.range.lowerBound,
                bytes: UInt64($0.range.count))
        }
        chunks = inspection.chunks.map { Chunk(offset: $0.range.lowerBound, bytes: UInt64($0.range.count)) }
    }
}
