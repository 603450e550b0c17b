internal import ArgumentParser

/// `modmeta store`: what a store holds and whether it is sound.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Look into a store.", subcommands: [StoreStat.self, StoreVerify.self])
}
