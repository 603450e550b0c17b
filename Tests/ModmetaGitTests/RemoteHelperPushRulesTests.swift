import ModmetaFormats
import Testing

@testable import ModmetaGit

@Suite struct RemoteHelperPushRulesTests {
    /// What a ref holds before, as a letter for an object; nil for absent.
    struct Case: Sendable, CustomTestStringConvertible {
        var refspec: String
        var now: String?
        var listed: String?
        var lease: String?
        var relation = PushRules.Relation.fastForward
        var type = "commit"
        var head = "refs/heads/main"
        var decision: PushRules.Decision
        var testDescription: String {
            "\(refspec) now \(now ?? "-") listed \(listed ?? "-") lease \(lease ?? "-") \(relation) \(type)"
        }
    }

    private static func object(_ letter: String) -> GitObjectName {
        guard let name = GitObjectName(String(repeating: letter, count: 40)) else {
            fatalError("\(letter) is no digit")
        }
        return name
    }

    private static func change(_ name: String, _ old: String?, _ new: String?) -> PushRules.Decision {
        .change(RefChange(name: name, old: old.map(object), new: new.map(object)))
    }

    private static let x = "refs/heads/x"
    private static let tag = "refs/tags/v1"

    // The object pushed is always "f".
    @Test(arguments: [
        Case(refspec: "s:\(x)", decision: change(x, nil, "f")),
        Case(refspec: "s:\(x)", now: "a", listed: "a", decision: change(x, "a", "f")),
        Case(refspec: "s:\(x)", now: "f", listed: "a", decision: .settled),
        Case(refspec: "s:\(x)", now: "b", listed: "a", relation: .unknown, decision: .refuse("fetch first")),
        Case(refspec: "s:\(x)", now: "b", listed: nil, relation: .unknown, decision: .refuse("fetch first")),
        Case(refspec: "s:\(x)", now: "b", listed: "a", relation: .fastForward, decision: change(x, "b", "f")),
        Case(refspec: "s:\(x)", now: "a", listed: "a", relation: .diverged, decision: .refuse("non-fast forward")),
        Case(refspec: "s:\(x)", now: "a", listed: "a", relation: .notCommits, decision: .refuse("needs force")),
        Case(refspec: "s:\(x)", now: nil, listed: "a", decision: .refuse("stale info")),
        Case(refspec: "s:\(x)", type: "blob", decision: .refuse("a branch can only point to a commit")),
        Case(refspec: "+s:\(x)", now: "a", listed: "a", relation: .diverged, decision: change(x, "a", "f")),
        Case(refspec: "+s:\(x)", now: "b", listed: "a", relation: .unknown, decision: .refuse("stale info")),
        Case(refspec: "+s:\(x)", now: "b", listed: nil, relation: .unknown, decision: .refuse("stale info")),
        // A lease allows what force does, and holds whatever was listed.
        Case(refspec: "s:\(x)", now: "a", listed: "a", lease: "a", relation: .diverged, decision: change(x, "a", "f")),
        Case(refspec: "s:\(x)", now: "b", listed: "b", lease: "a", decision: .refuse("stale info")),
        Case(refspec: "+s:\(x)", now: "b", listed: "b", lease: "a", decision: .refuse("stale info")),
        Case(refspec: "s:\(x)", now: nil, listed: "a", lease: "0", decision: change(x, nil, "f")),
        Case(refspec: "s:\(x)", now: "a", listed: nil, lease: "0", decision: .refuse("stale info")),
        Case(refspec: "s:\(x)", now: nil, listed: "a", lease: "a", decision: .refuse("stale info")),
        Case(refspec: "s:\(tag)", now: "a", listed: "a", decision: .refuse("already exists")),
        Case(refspec: "+s:\(tag)", now: "a", listed: "a", decision: change(tag, "a", "f")),
        Case(refspec: "s:\(tag)", type: "blob", decision: change(tag, nil, "f")),
        Case(refspec: ":\(x)", now: "a", listed: "a", decision: change(x, "a", nil)),
        Case(refspec: ":\(x)", now: nil, listed: "a", decision: .settled),
        Case(refspec: ":\(x)", now: "b", listed: "a", decision: .refuse("stale info")),
        Case(refspec: ":\(x)", now: "b", listed: "a", lease: "b", decision: change(x, "b", nil)),
        Case(
            refspec: ":\(x)", now: "a", listed: "a", head: x,
            decision: .refuse("deletion of the current branch prohibited")),
        Case(refspec: "unknown:\(x)", decision: .refuse("no match")),
        Case(refspec: "s:refs/stash", decision: .refuse("funny refname")),
        Case(refspec: ":refs/stash", now: "a", listed: "a", decision: change("refs/stash", "a", nil)),
        Case(refspec: "s:refs/heads/../x", decision: .refuse("funny refname")),
    ])
    func `git's rules hold`(_ test: Case) async throws {
        let request = try #require(PushRequest(test.refspec[...]))
        func refs(_ letter: String?) -> StoreRefs {
            StoreRefs(
                letter.map { [.init(name: request.destination, target: Self.object($0))] } ?? [],
                head: .branch(test.head))
        }
        var options = RemoteHelperOptions()
        if let lease = test.lease { options.leases[ByteString(request.destination)] = Self.object(lease) }
        let rules = PushRules(refs: refs(test.now), listed: refs(test.listed), options: options)
        let pushed = request.source == "s" ? LocalRepository.Object(name: Self.object("f"), type: test.type) : nil
        #expect(await rules.decide(request, pushed: pushed) { _, _ in test.relation } == test.decision)
    }

    @Test func `an atomic push fails as a whole, with the reason where it is due`() throws {
        let good = try #require(PushRequest("a:refs/heads/a"))
        let bad = try #require(PushRequest("b:refs/heads/b"))
        var ledger = PushLedger([good, bad], isAtomic: true)
        ledger.settle(good)
        ledger.refuse(bad, "fetch first")
        #expect(ledger.isOver)
        #expect(ledger.results.map(\.status) == [.refused("atomic push failed"), .refused("fetch first")])

        var single = PushLedger([good, bad], isAtomic: false)
        single.refuse(bad, "fetch first")
        #expect(single.pending == [good])
    }
}
