import Glibc
import ModmetaFormats
import ModmetaGit
import Synchronization
import Testing

@Suite struct LFSAgentLoopTests {
    @Test(arguments: LFSAgentTranscript.names)
    func replays(_ name: String) async throws {
        let transcript = try LFSAgentTranscript.named(name)
        let loop = LFSAgentLoop(
            agent: LFSAgentTranscript.Agent(transcript: transcript),
            reader: LFSAgentTranscript.Reader(transcript: transcript),
            writer: LFSAgentTranscript.Writer(transcript: transcript), progressInterval: .zero)
        await loop.run()
        #expect(transcript.events == transcript.expected)
    }

    @Test func transcriptsAreFound() {
        #expect(LFSAgentTranscript.names.count >= 7)
    }

    @Test func throttlesProgress() async throws {
        let transcript = LFSAgentTranscript(
            """
            < {"event":"init","operation":"upload","remote":"origin"}
            ! progress \((1...1000).map { "\($0 * 10)" }.joined(separator: " "))
            < {"event":"upload","oid":"\(String(repeating: "a", count: 64))","size":20000,"path":"/a"}
            """)
        let loop = LFSAgentLoop(
            agent: LFSAgentTranscript.Agent(transcript: transcript),
            reader: LFSAgentTranscript.Reader(transcript: transcript),
            writer: LFSAgentTranscript.Writer(transcript: transcript), progressInterval: .seconds(3600))
        await loop.run()
        let progress = transcript.events.filter { $0.contains("\"progress\"") }
        #expect(progress.count == 2)
        #expect(progress.last?.contains("\"bytesSoFar\":20000,\"bytesSinceLast\":19999}") == true)
    }

    /// A task that outlives its transfer must not speak into the next one.
    @Test func dropsLateProgress() async throws {
        final class Straggler: TransferAgent {
            let late = Mutex<(@Sendable (UInt64) -> Void)?>(nil)
            func begin(_ operation: TransferOperation, remote: String) async throws {}
            func upload(
                _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
            ) async throws {
                late.withLock { $0 = progress }
                throw CancellationError()
            }
            func download(
                _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
            ) async throws -> String { "" }
            func finish() async { late.withLock { $0?(90) } }
        }
        let transcript = LFSAgentTranscript(
            """
            < {"event":"init","operation":"upload","remote":"origin"}
            < {"event":"upload","oid":"\(String(repeating: "a", count: 64))","size":100,"path":"/a"}
            """)
        let loop = LFSAgentLoop(
            agent: Straggler(), reader: LFSAgentTranscript.Reader(transcript: transcript),
            writer: LFSAgentTranscript.Writer(transcript: transcript), progressInterval: .zero)
        await loop.run()
        #expect(transcript.events.last?.contains("\"error\":{\"code\":1,") == true)
    }

    /// git-lfs may die while an upload waits for another and reports nothing.
    @Test func endsATransferThatNobodyWaitsFor() async throws {
        struct Patient: TransferAgent {
            func begin(_ operation: TransferOperation, remote: String) async throws {}
            func upload(
                _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
            ) async throws { try await Task.sleep(for: .seconds(1000)) }
            func download(
                _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
            ) async throws -> String { "" }
            func finish() async {}
        }
        let transcript = LFSAgentTranscript(
            """
            < {"event":"init","operation":"upload","remote":"origin"}
            < {"event":"upload","oid":"\(String(repeating: "a", count: 64))","size":100,"path":"/a"}
            """)
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[1]) }
        let loop = LFSAgentLoop(
            agent: Patient(), reader: LFSAgentTranscript.Reader(transcript: transcript),
            writer: FileLineWriter(descriptor: ends[1]), peerInterval: .milliseconds(10))
        let running = Task { await loop.run() }
        try await Task.sleep(for: .milliseconds(100))
        close(ends[0])
        let begin = ContinuousClock.now
        await running.value
        #expect(ContinuousClock.now - begin < .seconds(100))
    }

    @Test func readsLinesFromADescriptor() async throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (input, output) = (ends[0], ends[1])
        let writer = FileLineWriter(descriptor: output)
        let long = String(repeating: "x", count: 70_000)
        // Larger than a pipe holds, so the writer has to run beside the reader.
        let writing = Task.detached {
            try writer.write("one")
            try writer.write("")
            try writer.write(long)
            _ = write(output, "unfinished", 10)
            close(output)
        }
        var reader = FileLineReader(descriptor: input)
        #expect(try await reader.nextLine() == "one")
        #expect(try await reader.nextLine() == "")
        #expect(try await reader.nextLine() == long)
        #expect(try await reader.nextLine() == nil)
        #expect(try await reader.nextLine() == nil)
        try await writing.value
        close(input)
    }

    @Test func refusesAnEndlessLine() async throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        try FileLineWriter(descriptor: ends[1]).write(String(repeating: "x", count: 5000))
        var reader = FileLineReader(descriptor: ends[0], limit: 4096)
        await #expect(throws: LFSAgentError.self) { try await reader.nextLine() }
    }

    @Test func writingToNobodyIsAnError() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let error = #expect(throws: LFSAgentError.self) { try FileLineWriter(descriptor: ends[1]).write("{}") }
        #expect(error?.code == .inputOutput)
    }
}
