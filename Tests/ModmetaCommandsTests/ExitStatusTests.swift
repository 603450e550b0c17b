import ArgumentParser
import ModmetaDelta
import ModmetaFormats
import ModmetaGit
import ModmetaSnapshots
import ModmetaStore
import ModmetaSystem
import ModmetaTransfer
import Testing

@testable import ModmetaCommands

/// What docs/man/modmeta.1.md promises.
@Suite struct ExitStatusTests {
    static let statuses: [(any ModmetaError, Int32)] = [
        (CommandFailure(kind: .finding, message: ""), 1),
        (CommandFailure(kind: .input, message: ""), 2),
        (CommandFailure(kind: .environment, message: ""), 3),
        (GitError(arguments: ["log"], status: 128, message: "fatal: bad"), 3),
        (GitError(arguments: ["log"], status: nil, message: "not found"), 3),
        (LFSAgentError(.notARepository, ""), 2), (LFSAgentError(.noEndpoint, ""), 3),
        (LFSAgentError(.malformedConfiguration, ""), 3), (LFSAgentError(.untrustedEndpoint, ""), 3),
        (StoreError(.missing, ""), 2), (StoreError(.corrupt, ""), 2), (StoreError(.noStore, ""), 2),
        (StoreError(.invalidURL, ""), 2), (StoreError(.unsupported, ""), 2), (StoreError(.denied, ""), 3),
        (StoreError(.full, ""), 3), (StoreError(.unavailable, ""), 3), (StoreError(.system, ""), 3),
        (TransferError(.missing, ""), 2), (TransferError(.corrupt, ""), 2), (TransferError(.changed, ""), 2),
        (FormatError(.malformed, "", offset: 0), 2), (FormatError(.unsupportedVersion, "", offset: 0), 2),
        (DeltaError(.malformed, ""), 2), (DeltaError(.limitExceeded, ""), 2), (DeltaError(.library, ""), 3),
        (SnapshotError(.syntax, ""), 2), (SnapshotError(.missing, ""), 2), (SnapshotError(.secret, ""), 2),
    ]

    @Test(arguments: statuses) func theKindDecides(_ error: any ModmetaError, _ status: Int32) async {
        #expect(ExitCode(for: error).rawValue == status)
    }

    @Test func everyKindHasAPromisedStatus() {
        let promised = Set(ErrorKind.allCases.map(\.exitStatus))
        #expect(promised == [1, 2, 3, 64])
    }
}
