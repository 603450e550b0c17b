internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// The JSON form of what `modmeta store gc` came to.
struct CollectionDocument: Encodable {
    struct DeadObject: Encodable {
        var key: String
        var bytes: UInt64
    }

    struct UnaccountedObject: Encodable {
        var object: String
        var reason: String
        var place: String?
    }

    var dryRun: Bool
    var liveObjects: Int?
    /// How many objects that must stay cannot be accounted for; nothing is deleted then.
    var missingObjects: Int?
    /// Which ones.
    var unaccounted: [UnaccountedObject]?
    /// How many are lost, as the operator said.
    var lostObjects: Int?
    var keptCount: Int?
    var keptBytes: UInt64?
    var youngCount: Int?
    var deletedCount: Int
    var deletedBytes: UInt64
    var condemnedCount: Int
    var condemnedBytes: UInt64
    /// Seconds since 1970.
    var deletableAt: Int64?
    var packsBefore: Int?
    var packsAfter: Int?
    /// What nothing needs; only in a dry run.
    var dead: [DeadObject]?

    /// Tells of a call.
    ///
    /// - Parameter missing: what could not be accounted for.
    init(
        _ outcome: Collector.Outcome, _ packing: MaintainedHistory.Packing? = nil, isRehearsal: Bool,
        missing: MissingObjects? = nil
    ) {
        dryRun = isRehearsal
        liveObjects = outcome.survey?.liveCount
        missingObjects = outcome.survey?.unaccounted.count
        lostObjects = outcome.survey?.lostCount
        keptCount = outcome.survey?.kept.count
        keptBytes = outcome.survey?.kept.bytes
        youngCount = outcome.survey?.young.count
        deletedCount = outcome.deletedCount
        deletedBytes = outcome.deletedBytes
        condemnedCount = outcome.condemnedCount
        condemnedBytes = outcome.condemnedBytes
        deletableAt = outcome.due
        packsBefore = packing?.before
        packsAfter = packing?.after
        if let missing {
            missingObjects = missing.members.count
            unaccounted = missing.members.map {
                UnaccountedObject(object: $0.object.hex, reason: $0.reason, place: missing.places[$0.object])
            }
        }
        if isRehearsal {
            dead = outcome.survey?.dead.sorted { $0.member.key < $1.member.key }
                .map { DeadObject(key: $0.member.key.path, bytes: $0.size) }
        }
    }
}
