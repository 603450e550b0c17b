internal import ArgumentParser

/// `modmeta store`: what a store holds, whether it is sound, and what keeps it so.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Look into a store, and look after it.",
        subcommands: [StoreStat.self, StoreVerify.self, StoreMend.self, StoreGC.self, StoreCopy.self])
}
