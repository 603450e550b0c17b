internal import ModmetaFormats

/// Serves one session with git-lfs: reads its lines, has the agent do the work, writes the replies.
public struct LFSAgentLoop<Reader: LineReader, Writer: LineWriter> {
    private let agent: any TransferAgent
    private var reader: Reader
    private let writer: Writer
    private let progressInterval: Duration
    /// How often a transfer that reports nothing looks whether git-lfs is still there.
    private let peerInterval: Duration
    private var session = LFSAgentProtocol()

    /// Creates a loop.
    ///
    /// - Parameters:
    ///   - progressInterval: the least time between two progress lines of one transfer.
    ///   - peerInterval: how often a transfer that reports nothing looks whether git-lfs is still there.
    public init(
        agent: any TransferAgent, reader: Reader, writer: Writer, progressInterval: Duration = .milliseconds(100),
        peerInterval: Duration = .seconds(1)
    ) {
        self.peerInterval = peerInterval
        self.agent = agent
        self.reader = reader
        self.writer = writer
        self.progressInterval = progressInterval
    }

    /// Serves until git-lfs ends the session or goes away; both end quietly, as no one is left to be told.
    public func run() async {
        var running = self
        do {
            while let line = try await running.nextLine(), try await running.serve(line) {}
        } catch {
            // git-lfs no longer reads: it was interrupted, and so are we.
        }
        await agent.finish()
    }

    private mutating func nextLine() async throws -> String? {
        do {
            return try await reader.nextLine()
        } catch {
            try writer.write(LFSAgentReply.refused(code: LFSAgentReply.code(for: error), message: sentence(error)).line)
            return nil
        }
    }

    /// Returns whether the session goes on.
    private mutating func serve(_ line: String) async throws -> Bool {
        let agent = agent
        switch session.received(line) {
        case .begin(let operation, let remote):
            let reply: LFSAgentReply
            do {
                try await agent.begin(operation, remote: remote)
                reply = session.began()
            } catch {
                reply = session.failedToBegin(sentence(error), code: LFSAgentReply.code(for: error))
            }
            try writer.write(reply.line)
        case .upload(let object, let size, let path):
            try await transfer(object, size) { progress in
                try await agent.upload(object, size: size, path: path, progress: progress)
                return nil
            }
        case .download(let object, let size):
            try await transfer(object, size) { progress in
                try await agent.download(object, size: size, progress: progress)
            }
        case .fail(let reply):
            try writer.write(reply.line)
        case .finish:
            return false
        }
        return true
    }

    private mutating func transfer(
        _ object: ObjectID, _ size: UInt64,
        _ work: @escaping @Sendable (@escaping @Sendable (UInt64) -> Void) async throws -> String?
    ) async throws {
        let (lostPeer, signal) = AsyncStream.makeStream(of: Void.self)
        let reporter = LFSProgressReporter(
            LFSTransferProgress(oid: object.hex, size: size), to: writer, every: progressInterval,
            onLostPeer: { signal.yield() })
        reporter.start()
        let reply: LFSAgentReply
        do {
            let path = try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask { try await work { reporter.report($0) } }
                group.addTask {
                    for await _ in lostPeer { throw PeerLost() }
                    throw CancellationError()
                }
                // One that waits for another agent's upload would hold up those that wait for it, with nobody to serve.
                group.addTask { [writer, peerInterval] in
                    while writer.hasReader { try await Task.sleep(for: peerInterval) }
                    throw PeerLost()
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            reporter.close(isComplete: true)
            reply = session.completed(path: path)
        } catch let error as PeerLost {
            throw error
        } catch {
            reporter.close(isComplete: false)
            reply = session.failed(sentence(error), code: LFSAgentReply.code(for: error))
        }
        try writer.write(reply.line)
    }
}

extension LFSAgentLoop where Reader == FileLineReader, Writer == FileLineWriter {
    /// Creates a loop over standard input and output, as git-lfs starts its agents.
    public static func standard(agent: any TransferAgent) -> LFSAgentLoop {
        LFSAgentLoop(agent: agent, reader: FileLineReader(descriptor: 0), writer: FileLineWriter(descriptor: 1))
    }
}

/// git-lfs no longer reads what we write.
private struct PeerLost: Error {}

/// An error on one line; git-lfs prints it as it is.
private func sentence(_ error: any Error) -> String {
    let lines = "\(error)".split(whereSeparator: \.isNewline)
    return lines.isEmpty ? "the transfer failed without saying why" : lines.joined(separator: "; ")
}
