internal import ArgumentParser
internal import ModmetaGit

/// `modmeta lfs-agent`: what git-lfs starts; not for people.
struct LFSAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lfs-agent",
        abstract: "Speak the git-lfs custom transfer protocol on standard input and output.",
        discussion: "git-lfs starts this for modmeta:: remotes once `modmeta install` has been run.")

    func run() async throws {
        await LFSAgentLoop.standard(agent: StoreAgent()).run()
    }
}
