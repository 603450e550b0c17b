internal import ModmetaGit
internal import ModmetaStore

/// The JSON form of what `modmeta store gc` came to.
struct CollectionDocument: Encodable {
    struct DeadObject: Encodable {
        var key: String
        var bytes: UInt64
    }

    var dryRun: Bool
    var liveObjects: Int?
    var missingObjects: Int?
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

    init(_ outcome: Collector.Outcome, _ packing: MaintainedHistory.Packing?, isRehearsal: Bool) {
        dryRun = isRehearsal
        liveObjects = outcome.survey?.liveCount
        missingObjects = outcome.survey?.missingCount
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
        if isRehearsal {
            dead = outcome.survey?.dead.sorted { $0.member.key < $1.member.key }
                .map { DeadObject(key: $0.member.key.path, bytes: $0.size) }
        }
    }
}
