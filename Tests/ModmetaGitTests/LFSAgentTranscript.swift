import Foundation
import ModmetaFormats
import ModmetaGit
import Synchronization

/// A recorded session with git-lfs.
///
/// `<` starts what git-lfs sends, `>` what is answered, `*` what the agent is asked to do, and `!` what the agent does about
/// the next request. Everything happens in the order of the lines.
final class LFSAgentTranscript: Sendable {
    struct PeerGone: Error {}

    private struct State {
        var events: [String] = []
        var line = 0
        var script = Script()
        var linesUntilLost: Int?
    }

    private struct Script {
        var progress: [UInt64] = []
        var path: String?
        var error: String?
        var hangs = false
    }

    /// What should happen: the transcript without its comments and directives.
    let expected: [String]
    private let lines: [String]
    private let state = Mutex(State())

    init(_ text: String) {
        lines = text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        expected = lines.filter { !$0.hasPrefix("!") }
    }

    /// What did happen.
    var events: [String] { state.withLock { $0.events } }

    static func named(_ name: String) throws -> LFSAgentTranscript {
        LFSAgentTranscript(try String(contentsOf: directory.appending(path: name), encoding: .utf8))
    }

    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return all.filter { $0.hasSuffix(".transcript") }.sorted()
    }()

    private static let directory = Bundle.module.resourceURL!.appending(path: "Transcripts")

    /// Takes in directives up to the next line of git-lfs, and returns that.
    private func nextLine() -> String? {
        state.withLock { state in
            state.script = Script()
            while state.line < lines.count {
                let line = lines[state.line]
                state.line += 1
                let text = String(line.dropFirst(2))
                if line.hasPrefix("!") { follow(text, &state) }
                if line.hasPrefix("<") {
                    state.events.append(line)
                    return text
                }
            }
            return nil
        }
    }

    private func follow(_ directive: String, _ state: inout State) {
        let words = directive.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case "progress": state.script.progress = words[1].split(separator: " ").map { UInt64($0)! }
        case "path": state.script.path = words[1]
        case "error": state.script.error = words[1].replacing("\\n", with: "\n")
        case "hang": state.script.hangs = true
        case "lost": state.linesUntilLost = Int(words[1])!
        default: fatalError("unknown directive \(directive)")
        }
    }

    private func note(_ event: String) { state.withLock { $0.events.append(event) } }

    struct Reader: LineReader {
        let transcript: LFSAgentTranscript
        func nextLine() -> String? { transcript.nextLine() }
    }

    struct Writer: LineWriter {
        var hasReader: Bool { true }

        let transcript: LFSAgentTranscript
        func write(_ line: String) throws {
            try transcript.state.withLock { state in
                if let left = state.linesUntilLost {
                    guard left > 0 else { throw PeerGone() }
                    state.linesUntilLost = left - 1
                }
                state.events.append("> " + line)
            }
        }
    }

    struct Agent: TransferAgent {
        struct Failure: Error, CustomStringConvertible { var description: String }

        let transcript: LFSAgentTranscript

        func begin(_ operation: TransferOperation, remote: String) async throws {
            _ = try await play("* begin \(operation.rawValue) \(remote)") { _ in }
        }

        func upload(
            _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
        ) async throws {
            _ = try await play("* upload \(object) \(size) \(path)", progress)
        }

        func download(
            _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
        ) async throws -> String {
            try await play("* download \(object) \(size)", progress) ?? ""
        }

        func finish() async { transcript.note("* finish") }

        private func play(_ event: String, _ progress: (UInt64) -> Void) async throws -> String? {
            transcript.note(event)
            let script = transcript.state.withLock { $0.script }
            script.progress.forEach(progress)
            if script.hangs {
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    transcript.note("* cancelled")
                    throw error
                }
            }
            if let error = script.error { throw Failure(description: error) }
            return script.path
        }
    }
}
