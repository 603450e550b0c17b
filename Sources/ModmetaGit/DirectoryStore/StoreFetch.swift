internal import Glibc

/// Carries out a fetch batch.
struct StoreFetch: Sendable {
    /// Where from.
    var store: StoreRepository
    /// Where to.
    var local: LocalRepository
    /// What git was asked for.
    var options: RemoteHelperOptions

    /// What git is told afterwards.
    struct Outcome: Equatable, Sendable {
        /// The `.keep` file that git removes when its refs lead to the objects.
        var lock: String?
        /// Whether what came is known to be complete.
        var isConnected = false
    }

    /// Brings the objects and all they refer to into the local repository.
    ///
    /// - Throws: `RemoteHelperError`.
    func run(_ requests: [FetchRequest]) async throws -> Outcome {
        let format = try await local.objectFormat()
        guard format == store.objectFormat else {
            throw RemoteHelperError(
                .mismatch,
                "this repository names objects by \(format), the store by \(store.objectFormat); clone the store instead"
            )
        }
        let wants = Set(requests.map(\.object))
        let known = try await local.tips()
        guard !wants.isSubset(of: known) else { return Outcome() }
        let checks = try await checks()
        let isVisible = options.isProgressVisible
        let stream = PackStream(
            source: try reader(), destination: local.git, packOptions: [isVisible ? "--progress" : "-q"],
            indexOptions: checks + (isVisible ? ["-v"] : []), showsIndexing: true, scratch: store.view.scratch)
        do {
            let arrival = try await stream.send(wants, known: known, keep: "git-remote-modmeta fetch \(getpid())")
            let pack = try await local.packDirectory() + "/pack-\(arrival.packName)"
            return Outcome(
                lock: arrival.isKept ? "\(pack).keep" : nil,
                isConnected: arrival.isSelfContained && options.checksConnectivity)
        } catch PackStream.Failure.notMade {
            throw RemoteHelperError(.transfer, failure())
        } catch PackStream.Failure.notTaken {
            throw RemoteHelperError(
                .transfer, "git could not store here what was fetched from \(store.name), for the reason it gives above"
            )
        }
    }

    /// The local repository with the store's objects beside its own; only for reading.
    ///
    /// The pack is made here and not in the store, because this side's refs tell what is not needed.
    private func reader() throws -> Git {
        let inherited = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES").map { ":" + String(cString: $0) } ?? ""
        let objects = CQuotedString.alwaysQuoted("\(store.view.path)/objects")
        return local.git.with(["GIT_ALTERNATE_OBJECT_DIRECTORIES": objects + inherited])
    }

    private func failure() -> String {
        if store.isShallow {
            return "the store at \(store.name) lacks older history (it is shallow); push that history to it first"
        }
        return "the store at \(store.name) lacks objects its refs need; run git fsck there"
    }

    /// The checks the user wants, as git-fetch-pack makes them.
    private func checks() async throws -> [String] {
        var options: [String] = []
        if self.options.checksConnectivity { options.append("--check-self-contained-and-connected") }
        var isStrict: [String: Bool] = [:]
        var severities: [String] = []
        for (key, value) in try await local.settings("^((fetch|transfer)\\.fsckobjects|fetch\\.fsck\\..*)$") {
            if key.hasSuffix(".fsckobjects") {
                isStrict[key] = !["false", "no", "off", "0", ""].contains(value.lowercased())
            } else {
                severities.append("\(key.dropFirst("fetch.fsck.".count))=\(value)")
            }
        }
        guard isStrict["fetch.fsckobjects"] ?? isStrict["transfer.fsckobjects"] ?? false else { return options }
        options.append(severities.isEmpty ? "--strict" : "--strict=\(severities.joined(separator: ","))")
        return options
    }
}
