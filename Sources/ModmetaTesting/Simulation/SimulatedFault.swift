/// A fault at one effect.
enum SimulatedFault: String, CaseIterable, Sendable {
    /// The answer takes minutes.
    case delay
    /// The connection breaks before the store has done anything.
    case reset
    /// The store is busy and says when to retry.
    case busy
    /// The store performs the request, but the answer is lost.
    case lostAcknowledgement
    /// The store gets the request twice.
    case repeated
    /// Some of the bytes are stored under the name of the whole.
    case torn
    /// Some of the bytes are stored, and the writer is killed.
    case tornByKill
    /// The store is full.
    case full
    /// A listing omits the latest objects.
    case stale
    /// An answer ends early without an error.
    case truncated
    /// A bit of an answer is wrong.
    case flipped
    /// The process is killed before the effect.
    case killBefore
    /// The process is killed after the effect.
    case killAfter
    /// The machine loses power before the effect; files being written are damaged.
    case powerCut
    /// The time of day jumps by up to a month.
    case clockJump
    /// A file to send is changed.
    case localChange
    /// The store's machine loses power; what it acknowledged must survive.
    case storeCrash
    /// The store does not answer anyone for an hour.
    case outage
    /// The store loses a payload for good, as if a damaged one had been removed.
    case loss
    /// Some of the refs cannot be listed for some seconds.
    case unlistable
    /// The manifests are unavailable for some seconds, like a disk that is not mounted.
    case manifestsAway
    /// An existing object cannot be read.
    case unreadable
    /// A listing ends early without an error.
    case cut

    private static let always: [SimulatedFault] = [
        .delay, .reset, .busy, .lostAcknowledgement, .repeated, .killBefore, .killAfter, .powerCut, .clockJump,
        .outage,
    ]

    /// The faults that are possible at an effect.
    static func possible(
        at effect: SimulatedEffect, of process: SimulatedProcess, in scenario: SimulationScenario
    ) -> [SimulatedFault] {
        // A push that dies at this point, during a whole collection, is a known weakness.
        if process.isCommitting { return [.clockJump, .storeCrash] }
        var faults = always
        if process.role == .collection || process.role == .copy {
            switch effect {
            case .readRefs: faults += [.unlistable, .unlistable, .unlistable, .unlistable]
            case .list: faults += [.manifestsAway, .manifestsAway, .manifestsAway, .cut, .cut]
            case .read: faults += [.unreadable]
            // A request that hangs for longer than claims are respected is also a known weakness.
            case .delete: faults.removeAll { $0 == .delay || $0 == .busy }
            default: break
            }
        }
        switch effect {
        case .put:
            faults += [.torn, .torn, .torn, .tornByKill, .tornByKill, .full, .localChange, .storeCrash]
            if scenario.losesPayloads { faults += [.loss, .loss, .loss, .loss] }
        case .list: faults += [.stale]
        // A process that reads a directory directly, not over a network, gets the stored bytes.
        case .read: faults += scenario.isRemote ? [.truncated, .flipped] : []
        case .readRange: faults += scenario.isRemote ? [.flipped] : []
        // The ref lock of a directory, and the writer's mark in a generation, identify the process that moved a ref.
        case .moveRef: faults.removeAll { $0 == .lostAcknowledgement || $0 == .repeated }
        case .size, .sizes, .swapFormat, .replace, .delete, .readRefs: break
        }
        return faults
    }
}
