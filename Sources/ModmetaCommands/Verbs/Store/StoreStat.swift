internal import ArgumentParser
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaStore

/// `modmeta store stat`: counts and sizes.
struct StoreStat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat", abstract: "Show what a store holds and how much it saves.")

    @Argument(help: "The store, for example modmeta::file:///mnt/models/qa.")
    var url: String

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let place = try StoreURL(url)
            let opening = try await StoreOpening.here()
            let store = try await opening.open(place, .download).store
            let statistics = try await Meter.run("read", counting: opening.traffic) { meter in
                try await StoreAudit(auditing: store).stat { meter.reached("read", objects: $0, of: $1) }
            }
            if json { return try JSONOutput.print(StatisticsDocument(statistics)) }
            Table.print(
                header: ["", "number", "bytes"],
                rows: [
                    ("whole objects", statistics.wholeObjects), ("payloads", statistics.payloads),
                    ("manifests", statistics.manifests), ("sketches", statistics.sketches),
                ].map { name, share in [name, "\(share.count)", "\(share.bytes)"] },
                rightAligned: [1, 2])
            let stored = statistics.storedBytes
            Terminal.print(
                "\(formatted(bytes: statistics.rawBytes)) of files are kept in \(formatted(bytes: stored))"
                    + (statistics.rawBytes > 0 ? " (\(100 * stored / statistics.rawBytes) %)" : ""))
            if case .server = place.location {
                Terminal.print("Whole objects that no manifest names cannot be listed on an LFS server.")
            }
            if statistics.unreadableManifests > 0 {
                Terminal.print(
                    "\(statistics.unreadableManifests) manifests cannot be read; run "
                        + "`\(command: "modmeta store verify \(url)")`")
            }
        }
    }
}

/// The JSON form of a store's statistics.
private struct StatisticsDocument: Encodable {
    struct Share: Encodable {
        var count: Int
        var bytes: UInt64

        init(_ share: StoreStatistics.Share) {
            count = share.count
            bytes = share.bytes
        }
    }

    var wholeObjects: Share
    var payloads: Share
    var manifests: Share
    var sketches: Share
    var rawBytes: UInt64
    var storedBytes: UInt64
    var unreadableManifests: Int

    init(_ statistics: StoreStatistics) {
        wholeObjects = Share(statistics.wholeObjects)
        payloads = Share(statistics.payloads)
        manifests = Share(statistics.manifests)
        sketches = Share(statistics.sketches)
        rawBytes = statistics.rawBytes
        storedBytes = statistics.storedBytes
        unreadableManifests = statistics.unreadableManifests
    }
}
