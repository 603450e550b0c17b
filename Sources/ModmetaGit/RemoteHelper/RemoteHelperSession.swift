internal import Glibc
public import ModmetaNetwork
public import ModmetaStore
internal import ModmetaSystem

/// One run of `git-remote-modmeta`: answers git's lines until git is done.
public struct RemoteHelperSession: Sendable {
    /// How git started the helper.
    public struct Invocation: Sendable, Equatable {
        /// The remote's name, or its URL where it has none.
        public var remote: String
        /// The URL without `modmeta::`.
        public var address: String

        /// Creates an invocation.
        public init(remote: String, address: String) {
            self.remote = remote
            self.address = address
        }
    }

    /// A store's Git side, opened.
    public enum OpenedStore: Sendable {
        /// A directory, by its absolute path.
        case directory(path: String)
        /// A bucket, the store's id, and the refs that were found meanwhile; nil if nobody has looked.
        case bucket(any BucketFiles, StoreFormat.ID, FoundRefs? = nil)
    }

    /// Opens the store at an address.
    ///
    /// For writing, it checks that this program knows all that the store requires of writers.
    public typealias StoreOpener =
        @Sendable (_ address: String, _ purpose: OpeningPurpose) async throws -> OpenedStore

    /// Finds the weights that a push answers for.
    public typealias WeightsFinder = @Sendable (Invocation) async throws -> PushedWeights

    let openStore: StoreOpener
    let weights: WeightsFinder

    /// Creates a session.
    public init(openStore: @escaping StoreOpener, weights: @escaping WeightsFinder) {
        self.openStore = openStore
        self.weights = weights
    }

    /// Answers git until it is done, and returns the exit status.
    ///
    /// What goes wrong is said in one sentence on standard error.
    ///
    /// - Parameters:
    ///   - arguments: what git gives on the command line, without the program: the remote and the URL.
    ///   - input: where git's lines come from.
    ///   - output: where the answers go.
    public func run(arguments: [String], input: CInt = 0, output: CInt = 1) async -> CInt {
        // A git that is gone shows as an error of write.
        signal(SIGPIPE, SIG_IGN)
        ScratchDirectory.removeStale()
        do {
            guard arguments.count == 2 else {
                throw RemoteHelperError(
                    .badRequest, "git starts this program with a remote and its URL: git clone modmeta::<store>")
            }
            try ServerHandover(remote: arguments[0], address: arguments[1])?.run()
            var conversation = RemoteHelperConversation(
                session: self, invocation: Invocation(remote: arguments[0], address: arguments[1]))
            try await conversation.hold(input: input, output: output)
            return 0
        } catch let error as RemoteHelperError where error.code == .closed {
            return 128
        } catch {
            RemoteHelperSession.say("fatal: modmeta: \(error)")
            return 128
        }
    }

    /// Says something on standard error that does not end the session.
    static func warn(_ message: String) { say("warning: modmeta: \(message)") }

    /// Shows how far something is, on one line that is written over.
    static func progress(_ title: String, _ count: Int, _ total: Int) {
        let line = "\(title): \(count * 100 / max(total, 1))% (\(count)/\(total))"
        Terminal.progress(count == total ? "\(line), done." : line, isLast: count == total)
    }

    private static func say(_ message: String) {
        Terminal.error(message.split(whereSeparator: \.isNewline).joined(separator: "; "))
    }
}
