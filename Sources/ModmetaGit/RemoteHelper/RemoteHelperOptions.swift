internal import ModmetaFormats
internal import ModmetaStore

/// What git has asked for by `option` lines.
struct RemoteHelperOptions: Equatable, Sendable {
    /// How much to say: 0 with `--quiet`, 1 by default, more with `--verbose`.
    var verbosity = 1
    /// Whether to show progress on standard error.
    var showsProgress = false
    /// Whether git is making a clone.
    var isCloning = false
    /// Whether git wants to know that what is fetched is complete.
    var checksConnectivity = false
    /// Whether a push must change nothing.
    var isDryRun = false
    /// Whether a push must change all its refs or none.
    var isAtomic = false
    /// Whether every ref of a push is forced.
    var isForced = false
    /// Whether the list must say which hash names the objects.
    var wantsObjectFormat = false
    /// What the store's refs must hold for a push, by their names; the null name for "absent".
    var leases: [ByteString: GitObjectName] = [:]

    /// Whether to show progress, everything considered.
    var isProgressVisible: Bool { showsProgress && verbosity > 0 }

    /// The answer to an option.
    enum Answer: Equatable, Sendable {
        case accepted
        case unsupported
        case invalid(String)
    }

    /// Takes what follows `option ` on a line.
    mutating func set(_ text: Substring) -> Answer {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0]
        guard let value = CQuotedString.unquoted(parts.count > 1 ? parts[1] : "") else {
            return .invalid("the value of option \(name) is quoted wrongly")
        }
        switch name {
        case "verbosity":
            guard let level = Int(value) else { return .invalid("option verbosity needs a number, not \"\(value)\"") }
            verbosity = level
            return .accepted
        case "progress": return set(\.showsProgress, name, value)
        case "cloning": return set(\.isCloning, name, value)
        case "check-connectivity": return set(\.checksConnectivity, name, value)
        case "dry-run": return set(\.isDryRun, name, value)
        case "atomic": return set(\.isAtomic, name, value)
        case "force": return set(\.isForced, name, value)
        case "followtags":
            // Git asks for the tags it wants in a second batch, so there is nothing to do about it.
            return .accepted
        case "object-format": return setObjectFormat(value)
        case "cas": return addLease(value)
        default: return .unsupported
        }
    }

    private mutating func set(_ option: WritableKeyPath<Self, Bool>, _ name: Substring, _ value: String) -> Answer {
        switch value {
        case "true": self[keyPath: option] = true
        case "false": self[keyPath: option] = false
        default: return .invalid("option \(name) needs true or false, not \"\(value)\"")
        }
        return .accepted
    }

    /// Git 2.39 sends no value here, later ones `true`.
    private mutating func setObjectFormat(_ value: String) -> Answer {
        guard value.isEmpty || value == "true" || GitObjectFormat(rawValue: value) != nil else { return .unsupported }
        wantsObjectFormat = true
        return .accepted
    }

    private mutating func addLease(_ value: String) -> Answer {
        guard let colon = value.lastIndex(of: ":"), colon > value.startIndex,
            let expected = GitObjectName(value[value.index(after: colon)...])
        else { return .invalid("option cas needs <ref>:<object>, not \"\(value)\"") }
        leases[ByteString(value[..<colon])] = expected
        return .accepted
    }
}
