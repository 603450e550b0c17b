internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore
internal import ModmetaSystem

/// What a collection could not account for, and what to do about it.
struct MissingObjects {
    let members: [UnaccountedObjects.Member]
    /// Where refs lead to them, of those that were looked for.
    let places: [ObjectID: String]
    let url: StoreURL

    /// How many are named; the JSON form has all.
    private static let shownLimit = 20

    /// Looks for the places.
    init(_ members: [UnaccountedObjects.Member], live: any LiveObjects, url: StoreURL) async {
        self.members = members
        self.url = url
        // The message matters more than where they are.
        places = (try? await live.places(of: Set(members.map(\.object)))) ?? [:]
    }

    /// Names the objects and ends the command.
    func report() throws -> Never {
        for member in members.prefix(Self.shownLimit) {
            Terminal.error("modmeta: object \(member.object): \(member.reason)")
            if let place = places[member.object] { Terminal.error("  needed by \(place)") }
        }
        if members.count > Self.shownLimit {
            Terminal.error("modmeta: and \(members.count - Self.shownLimit) more; --json names all")
        }
        throw CommandFailure(
            kind: .finding,
            message:
                "\(members.count) of the LFS objects that must stay cannot be accounted for in \(url), so nothing was "
                + "condemned or deleted",
            hints: [
                "See whether all of the store is there: each disk that is mounted into it, and the rights to read it.",
                "`\(command: "modmeta store verify \(url.description)")` names what is damaged; `git lfs push --all REMOTE` in a repository "
                    + "that has the objects sends them again.",
                "If nobody has an object any more, give --accept-missing with its name, or a list of such names with "
                    + "--accept-missing-from.",
            ])
    }
}
