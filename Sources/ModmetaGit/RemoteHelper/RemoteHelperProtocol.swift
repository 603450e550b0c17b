/// The line protocol of gitremote-helpers(7), from the helper's side, without any input or output.
///
/// Feed it what git sends, one line at a time, and do what it answers. Sources: gitremote-helpers(7), and git's
/// `transport-helper.c` for what that page leaves out (`cas`, `force-if-includes`, `object-format` without a value).
struct RemoteHelperProtocol: Sendable {
    /// What to do after a line.
    enum Step: Equatable, Sendable {
        /// Wait for the next line.
        case wait
        /// Write this text.
        case reply(String)
        /// List the store's refs, then wait for the next line.
        case list(forPush: Bool)
        /// Fetch these objects, then wait for the next line.
        case fetch([FetchRequest])
        /// Push these refs, then wait for the next line.
        case push([PushRequest])
        /// Git has no more to ask.
        case finish
        /// Git broke the protocol, for this reason.
        case fail(String)
    }

    /// The options set so far.
    private(set) var options = RemoteHelperOptions()

    private enum Batch {
        case none
        case fetch([FetchRequest])
        case push([PushRequest])
    }
    private var batch = Batch.none

    /// Takes a line without its newline.
    mutating func received(_ line: String) -> Step {
        switch batch {
        case .none: receivedCommand(line)
        case .fetch(let requests): receivedFetch(line, after: requests)
        case .push(let requests): receivedPush(line, after: requests)
        }
    }

    /// Takes the end of the input.
    mutating func receivedEnd() -> Step {
        guard case .none = batch else { return .fail("git ended in the middle of a list of refs; nothing was done") }
        return .finish
    }

    /// Forgets the leases of a push that is over.
    mutating func finishedPush() { options.leases = [:] }

    private mutating func receivedCommand(_ line: String) -> Step {
        let (command, rest) = split(line)
        switch command {
        case "": return .finish
        case "capabilities": return .reply(RemoteHelperReply.capabilities)
        case "option": return .reply(RemoteHelperReply.option(options.set(rest)))
        case "list" where rest.isEmpty: return .list(forPush: false)
        case "list" where rest == "for-push": return .list(forPush: true)
        case "fetch": return receivedFetch(line, after: [])
        case "push": return receivedPush(line, after: [])
        default: return .fail("git asked for \"\(line)\", which was not offered")
        }
    }

    private mutating func receivedFetch(_ line: String, after requests: [FetchRequest]) -> Step {
        guard !line.isEmpty else {
            batch = .none
            return .fetch(requests)
        }
        let (command, rest) = split(line)
        guard command == "fetch", let request = FetchRequest(rest) else {
            return .fail("git sent \"\(line)\" where \"fetch <object> <ref>\" was due")
        }
        // HEAD and the branch it names come as two lines for one object.
        let isNew = !requests.contains { $0.object == request.object && $0.ref == request.ref }
        batch = .fetch(isNew ? requests + [request] : requests)
        return .wait
    }

    private mutating func receivedPush(_ line: String, after requests: [PushRequest]) -> Step {
        guard !line.isEmpty else {
            batch = .none
            return .push(requests)
        }
        let (command, rest) = split(line)
        guard command == "push", let request = PushRequest(rest) else {
            return .fail("git sent \"\(line)\" where \"push [+]<source>:<destination>\" was due")
        }
        batch = .push(requests + [request])
        return .wait
    }

    private func split(_ line: String) -> (command: Substring, rest: Substring) {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }
}
