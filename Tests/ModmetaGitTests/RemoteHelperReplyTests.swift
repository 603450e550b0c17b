import ModmetaStore
import Testing

@testable import ModmetaGit

@Suite struct RemoteHelperReplyTests {
    private let a = String(repeating: "a", count: 40)
    private let b = String(repeating: "b", count: 40)

    private func refs(head: StoreRefs.Head) throws -> StoreRefs {
        let commit = try #require(GitObjectName(a))
        let tag = try #require(GitObjectName(b))
        return StoreRefs(
            [
                .init(name: "refs/heads/main", target: commit),
                .init(name: "refs/tags/v1", target: tag, peeled: commit),
            ], head: head)
    }

    @Test func `a list names refs, peeled tags and HEAD`() throws {
        let refs = try refs(head: .branch("refs/heads/main"))
        #expect(
            RemoteHelperReply.list(refs, forPush: false, objectFormat: .sha1) == """
                :object-format sha1
                \(a) refs/heads/main
                \(b) refs/tags/v1
                \(a) refs/tags/v1^{}
                @refs/heads/main HEAD


                """)
    }

    @Test func `a list for a push names refs alone`() throws {
        let refs = try refs(head: .branch("refs/heads/main"))
        #expect(
            RemoteHelperReply.list(refs, forPush: true, objectFormat: nil)
                == "\(a) refs/heads/main\n\(b) refs/tags/v1\n\n")
    }

    @Test func `a HEAD that names no branch is left out, a detached one is an object`() throws {
        let unborn = RemoteHelperReply.list(
            try refs(head: .branch("refs/heads/gone")), forPush: false, objectFormat: nil)
        #expect(!unborn.contains("HEAD"))
        let detached = RemoteHelperReply.list(
            try refs(head: .detached(try #require(GitObjectName(b)))), forPush: false, objectFormat: nil)
        #expect(detached.hasSuffix("\(b) HEAD\n\n"))
        #expect(RemoteHelperReply.list(.empty, forPush: false, objectFormat: nil) == "\n")
    }

    @Test func `a fetch tells of the lock and of completeness`() {
        #expect(RemoteHelperReply.fetched(lock: nil, isConnected: false) == "\n")
        #expect(
            RemoteHelperReply.fetched(lock: "/x/pack-1.keep", isConnected: true)
                == "lock /x/pack-1.keep\nconnectivity-ok\n\n")
    }

    @Test func `a push tells of each ref, reasons quoted where they need it`() {
        #expect(
            RemoteHelperReply.pushed([
                PushResult(destination: "refs/heads/a", status: .done),
                PushResult(destination: "refs/heads/b", status: .refused("fetch first")),
                PushResult(destination: "refs/heads/c", status: .refused("a\n\"b\"")),
            ]) == "ok refs/heads/a\nerror refs/heads/b fetch first\nerror refs/heads/c \"a\\\\n\\\"b\\\"\"\n\n")
    }

    struct HeadCase: Sendable {
        var text: String
        var head: StoreRefs.Head?
    }

    @Test(arguments: [
        HeadCase(text: "ref: refs/heads/main\n", head: .branch("refs/heads/main")),
        HeadCase(text: "ref:\trefs/heads/a/b", head: .branch("refs/heads/a/b")),
        HeadCase(text: "ref: ../../etc/passwd\n", head: nil),
        HeadCase(text: "ref: refs/heads/../../x\n", head: nil),
        HeadCase(text: "", head: nil),
        HeadCase(text: "nonsense\n", head: nil),
    ])
    func `HEAD is parsed`(_ head: HeadCase) { #expect(StoreRefs.Head(parsing: head.text) == head.head) }

    struct Quoting: Sendable {
        var text: String
        var quoted: String
    }

    @Test(arguments: [
        Quoting(text: "plain words", quoted: "plain words"), Quoting(text: "", quoted: ""),
        Quoting(text: "tab\there", quoted: "\"tab\\there\""), Quoting(text: "\"x\"", quoted: "\"\\\"x\\\"\""),
        Quoting(text: "back\\slash", quoted: "\"back\\\\slash\""), Quoting(text: "\u{1}", quoted: "\"\\001\""),
        Quoting(text: "naïve", quoted: "naïve"),
    ])
    func `strings are quoted as C does, and back`(_ quoting: Quoting) {
        #expect(CQuotedString.quoted(quoting.text) == quoting.quoted)
        #expect(CQuotedString.unquoted(quoting.quoted) == quoting.text)
        #expect(CQuotedString.unquoted(CQuotedString.alwaysQuoted(quoting.text)) == quoting.text)
    }

    @Test(arguments: ["\"", "\"abc", "\"a\"b", "\"\\", "\"\\q\"", "\"\\4", "\"\\777\"", "\"\\18x\""])
    func `broken quoting is refused`(_ text: String) { #expect(CQuotedString.unquoted(text) == nil) }

    @Test(arguments: [
        ("refs/heads/main", true), ("refs/heads/a/b", true), ("refs/tags/v1.0", true), ("refs/notes/ä", true),
        ("refs/stash", false), ("HEAD", false), ("refs/heads/", false), ("refs/heads//a", false),
        ("refs/heads/a.lock", false), ("refs/heads/a.lock/b", false), ("refs/heads/.a", false),
        ("refs/heads/a..b", false), ("refs/heads/a b", false), ("refs/heads/a\n", false), ("refs/heads/a:b", false),
        ("refs/heads/a.", false), ("refs/heads/a@{1}", false), ("refs/../x/y", false), ("refs/heads/a\\b", false),
    ])
    func `names of refs are checked`(_ name: String, _ isPushable: Bool) {
        #expect(RefName.isPushable(name) == isPushable)
    }
}
