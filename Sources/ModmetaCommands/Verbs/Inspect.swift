internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaTransfer

/// `modmeta inspect`: what a weight file holds and how a push would cut it.
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a weight file's tensors and chunks, or what the files of a directory make up.",
        discussion: """
            Nothing in a file is executed. A file of no known format is opaque: only its chunks are shown. Of a \
            directory, or of an index such as model.safetensors.index.json, it is checked whether the checkpoint \
            is complete: exit status 1 if it is not.
            """)

    @Argument(help: "The file, index or directory to look at.")
    var file: String

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            if CheckpointDirectory.isDirectory(file) { return try await inspectDirectory(file, onlySet: nil) }
            if file.hasSuffix(".index.json") {
                let slash = file.lastIndex(of: "/")
                let name = slash.map { String(file[file.index(after: $0)...]) } ?? file
                let directory = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
                return try await inspectDirectory(directory, onlySet: name)
            }
            let inspection = try await Meter.run("read") { meter in
                try Inspection(path: file) { meter.reached($0, of: $1) }
            }
            if let text = PointerText(path: file, size: inspection.layout.size) {
                return try json ? JSONOutput.print(text.document) : text.print()
            }
            if json {
                try JSONOutput.print(InspectionDocument(inspection, path: file))
            } else {
                report(inspection)
            }
        }
    }

    /// Reports on a directory, or on the one checkpoint of it that an index describes.
    private func inspectDirectory(_ path: String, onlySet name: String?) async throws {
        let directory = try await Meter.run("looked at") { meter in
            try CheckpointDirectory(path: path) { meter.reached("looked at", objects: $0, of: $1) }
        }
        let report = DirectoryReport(directory, onlySet: name)
        if json {
            try JSONOutput.print(report.document)
        } else {
            report.print()
        }
        if report.hasProblems { throw ExitCode.finding }
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
                tensor.name, tensor.dtype,
                "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]",
                "\(tensor.range.lowerBound)", "\(tensor.range.count)",
            ]
        }
        guard !rows.isEmpty else { return }
        Table.print(header: ["tensor", "dtype", "shape", "offset", "bytes"], rows: rows, rightAligned: [3, 4])
        for alias in inspection.aliases {
            Terminal.print("\(alias.name) shares the bytes of \(alias.tensor)")
        }
    }

    private func report(_ answer: SafeToLoad) {
        switch answer.verdict {
        case .harmless: Terminal.print("safe to load: yes, its pickles import only what describes data")
        case .unknown: Terminal.print("safe to load: not known")
        case .dangerous: Terminal.print("safe to load: NO, loading it would run code")
        }
        for item in answer.imports where item.verdict != .harmless {
            Terminal.print("  \(item.verdict.rawValue) import: \(item.global.description)")
        }
        if let problem = answer.problem {
            Terminal.print("  what follows could not be looked at: \(problem)")
        }
    }
}
