internal import ArgumentParser
internal import ModmetaDelta

/// `modmeta patch`: applies a patch file.
struct Patch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply a patch made by `modmeta delta` or by bsdiff.",
        discussion:
            "The new file appears under its name only when it is complete. A modmeta patch names both files by their "
            + "SHA-256, which is checked; a bsdiff40 patch cannot tell whether it was made for this file.")

    @Argument(help: "The file the patch was made from.")
    var old: String

    @Argument(help: "The patch.")
    var patch: String

    @Option(name: .shortAndLong, help: "Where the new file goes.")
    var output: String

    func run() async throws {
        try await reportingFailures {
            try await Meter.run("made", concludes: true) { meter in
                if try Bsdiff40.isPatch(patch) {
                    try Bsdiff40.apply(patch: patch, old: old, output: output) { meter.reached($0, of: $1) }
                } else {
                    _ = try await PatchFile.apply(patch: patch, old: old, output: output) { meter.reached($0, of: $1) }
                }
            }
        }
    }
}
