package import ModmetaGit
package import ModmetaStore
internal import Synchronization

/// Finds all that keeps a reader of a store from what its refs lead to.
package struct StoreVerification {
    private let url: StoreURL
    private let store: any ObjectStore
    private let isQuick: Bool

    /// Prepares a verification.
    ///
    /// - Parameter isQuick: whether sizes alone are compared if everything else would be read.
    package init(of store: any ObjectStore, at url: StoreURL, isQuick: Bool) {
        (self.store, self.url, self.isQuick) = (store, url, isQuick)
    }

    /// Reads the objects and the manifests.
    package func objects(progress: @escaping @Sendable (StoreProgress) -> Void) async throws -> AuditReport {
        try await StoreAudit(auditing: store).verify(isQuick: isQuick, progress: progress)
    }

    /// Checks the history of the store and of other repositories: each pointer must be one that the store can rebuild.
    ///
    /// - Parameters:
    ///   - contents: what the store can rebuild, as `objects` found it.
    ///   - repositories: directories of repositories on this machine.
    ///   - progress: receives how many pointers were judged.
    package func histories(
        given contents: StoreContents, andOf repositories: [String], progress: @escaping @Sendable (Int) -> Void
    ) async throws -> [HistoryReport] {
        let isServer = if case .server = url.location { true } else { false }
        let count = PointerCount()
        let audit = StoreHistoryAudit(isQuick: isQuick) { object, size in
            progress(count.value.add(1, ordering: .relaxed).newValue)
            let verdict = contents.verdict(on: object, size: size)
            // A server lists nothing that no manifest names.
            guard verdict == .missing, isServer, try await store.has(.object(object), size: size) else {
                return verdict
            }
            return .given
        }
        var histories = [try await audit.run(on: url)]
        for path in repositories { histories.append(try await audit.run(onRepositoryAt: path)) }
        return histories
    }
}

/// How many pointers were judged.
private final class PointerCount: Sendable {
    let value = Atomic(0)
}
