internal import ModmetaFormats
public import ModmetaNetwork
public import ModmetaStore
internal import ModmetaSystem

/// Opens stores of every kind with what git knows in this place: the one road for agents, hooks and verbs.
public struct StoreOpening: Sendable {
    /// What becomes of a place where there is no store.
    public enum Absence: Sendable {
        /// It is an error.
        case refused
        /// One is made; a directory or bucket becomes a Git repository that names its objects in this way.
        case made(GitObjectFormat)
        /// It is an error, but on an LFS server, whose objects plain git-lfs may have sent.
        case readAsItIs
    }

    /// A store that was found or made.
    public struct Opened: Sendable {
        /// The store.
        public let store: any ObjectStore
        /// Its format document; made up where there is none and the store is read as it is.
        public let format: StoreFormat
    }

    /// What goes over the network to and from the stores that are opened; not what git sends and fetches.
    public let traffic = NetworkTraffic()
    /// Runs git in this place.
    let git: Git
    /// What git is configured to here.
    let configuration: GitConfiguration
    /// How the repository of this place names its objects; SHA-1 where there is none.
    let objectFormat: GitObjectFormat
    private let repository: Repository?
    private let givenStateDirectory: String?

    /// Opens stores for a repository, which keeps what is known of servers.
    public init(for repository: Repository) {
        self.repository = repository
        git = repository.git
        configuration = repository.configuration
        objectFormat = repository.objectFormat
        givenStateDirectory = nil
    }

    /// Opens stores for nobody's repository.
    ///
    /// - Parameter stateDirectory: where what is known of servers is kept; nil for a directory that goes with the store.
    /// - Throws: `GitError` where git's configuration cannot be read.
    public init(outsideOfRepositories git: Git = Git(), stateDirectory: String? = nil) async throws {
        repository = nil
        self.git = git
        configuration = try await GitConfiguration(readBy: git)
        objectFormat = .sha1
        givenStateDirectory = stateDirectory
    }

    /// Opens stores for the repository one is in, or for none.
    ///
    /// - Throws: `GitError` where git's configuration cannot be read.
    public static func here(_ git: Git = Git()) async throws -> StoreOpening {
        if let repository = try? await Repository.discover(with: git) { return StoreOpening(for: repository) }
        return try await StoreOpening(outsideOfRepositories: git)
    }

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - remote: the remote it was named by, which may lead to it by ssh.
    ///   - history: knows which objects of this repository come together; for a server far away.
    /// - Throws: `StoreError`, of code `.noStore` where there is none, `.unsupported` if something is to be uploaded to a
    ///   store that requires of writers what this program does not know.
    public func open(
        _ url: StoreURL, _ operation: TransferOperation, remote: String? = nil, absence: Absence = .refused,
        history: GitVersionHistory? = nil
    ) async throws -> Opened {
        if case .server(let address) = url.location {
            let server = try ServerOpening(address, from: self)
            let store = try await server.open(operation, remote: remote, history: history)
            let format = try await server.format(of: store, absence)
            if operation == .upload { try format.checkWritable() }
            return Opened(store: RetryingStore(store, policy: .once), format: format)
        }
        let access = StoreAccess(gitConfiguration: configuration.http, counting: traffic)
        let opened =
            if case .made(let objectFormat) = absence {
                try await url.create(objectFormat: objectFormat, access)
            } else {
                try await url.open(access, isWriter: operation == .upload)
            }
        if operation == .upload { try opened.format.checkWritable() }
        return Opened(store: opened.store, format: opened.format)
    }

    /// The directory for what is known of servers, and what makes it stay; it is made where it is missing.
    func makeStateDirectory() throws -> (path: String, keeper: ScratchDirectory?) {
        if let repository { return (try repository.makeStateDirectory(), nil) }
        if let givenStateDirectory { return (givenStateDirectory, nil) }
        let scratch = try ScratchDirectory()
        return (scratch.path, scratch)
    }
}
