/// Something that goes wrong at one effect.
enum SimulatedFault: String, CaseIterable, Sendable {
    /// The answer takes minutes.
    case delay
    /// The connection breaks before the store has done anything.
    case reset
    /// The store is busy, and says for how long.
    case busy
    /// The store does what it was asked, and the answer is lost.
    case lostAcknowledgement
    /// The store gets the request twice.
    case repeated
    /// A part of the bytes is stored, under the name of the whole.
    case torn
    /// A part of the bytes is stored, and the writer is killed.
    case tornByKill
    /// The store has no room.
    case full
    /// A listing lacks what was stored last.
    case stale
    /// An answer ends early and says so nowhere.
    case truncated
    /// A bit of an answer is wrong.
    case flipped
    /// The process is killed before the effect.
    case killBefore
    /// The process is killed after the effect.
    case killAfter
    /// The machine loses power before the effect; files that were being written are damaged.
    case powerCut
    /// The time of day jumps by up to a month.
    case clockJump
    /// A file that is to be sent is changed.
    case localChange
    /// The store's machine loses power: what it acknowledged is there afterwards.
    case storeCrash
    /// The store answers nobody for an hour.
    case outage
    /// The store loses a payload for good, as where a damaged one was removed.
    case loss
    /// A part of the refs cannot be listed, for some seconds.
    case unlistable
    /// The manifests are away for some seconds, as a disk that is not mounted.
    case manifestsAway
    /// What is there cannot be read.
    case unreadable
    /// A listing ends early and says so nowhere.
    case cut

    private static let always: [SimulatedFault] = [
        .delay, .reset, .busy, .lostAcknowledgement, .repeated, .killBefore, .killAfter, .powerCut, .clockJump,
        .outage,
    ]

    /// What can go wrong at an effect.
    static func possible(
        at effect: SimulatedEffect, of process: SimulatedProcess, in scenario: SimulationScenario
    ) -> [SimulatedFault] {
        // A push that dies just here, beside a whole collection, is a known weakness.
        if process.isCommitting { return [.clockJump, .storeCrash] }
        var faults = always
        if process.role == .collection || process.role == .copy {
            switch effect {
            case .readRefs: faults += [.unlistable, .unlistable, .unlistable, .unlistable]
            case .list: faults += [.manifestsAway, .manifestsAway, .manifestsAway, .cut, .cut]
            case .read: faults += [.unreadable]
            // A request that hangs for longer than claims are respected is a known weakness too.
            case .delete: faults.removeAll { $0 == .delay || $0 == .busy }
            default: break
            }
        }
        switch effect {
        case .put:
            faults += [.torn, .torn, .torn, .tornByKill, .tornByKill, .full, .localChange, .storeCrash]
            if scenario.losesPayloads { faults += [.loss, .loss, .loss, .loss] }
        case .list: faults += [.stale]
        // Who reads a directory without a network in between gets the bytes that are there.
        case .read: faults += scenario.isRemote ? [.truncated, .flipped] : []
        case .readRange: faults += scenario.isRemote ? [.flipped] : []
        // The ref lock of a directory, and the writer's mark in a generation, tell who moved a ref.
        case .moveRef: faults.removeAll { $0 == .lostAcknowledgement || $0 == .repeated }
        case .size, .sizes, .swapFormat, .replace, .delete, .readRefs: break
        }
        return faults
    }
}
