internal import ArgumentParser
internal import ModmetaDelta
internal import ModmetaTransfer

/// `modmeta delta`: the difference between two files as a patch file.
struct Delta: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a patch that turns one weight file into another.",
        discussion: "A modmeta patch is applied by `modmeta patch`, a bsdiff40 patch also by stock bspatch.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case modmeta
        case bsdiff40
    }

    @Argument(help: "The file that is there.")
    var old: String

    @Argument(help: "The file to be made.")
    var new: String

    @Option(name: .shortAndLong, help: "Where the patch goes.")
    var output: String

    @Option(help: "The patch's format: modmeta or bsdiff40.")
    var format = Format.modmeta

    func run() async throws {
        try await reportingFailures {
            let inspection = try await Meter.run("read") { meter in
                try Inspection(path: new) { meter.reached($0, of: $1) }
            }
            let plan = PatchPlan(
                old: try Inspection.layout(path: old), new: inspection.layout, chunks: inspection.chunks)
            switch format {
            case .modmeta:
                try await Meter.run("compared", concludes: true) { meter in
                    _ = try await PatchFile.create(old: old, new: new, plan: plan, output: output) {
                        meter.reached($0, of: $1)
                    }
                }
            case .bsdiff40:
                try await Meter.run("compared", concludes: true) { meter in
                    try Bsdiff40.create(old: old, new: new, plan: plan, output: output) { pass, done, total in
                        meter.reached(pass == .comparing ? "compared" : "written", done, of: total)
                    }
                }
            }
        }
    }
}
