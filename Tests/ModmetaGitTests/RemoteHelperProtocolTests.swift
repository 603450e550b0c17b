import ModmetaFormats
import Testing

@testable import ModmetaGit

@Suite struct RemoteHelperProtocolTests {
    private static let a = String(repeating: "a", count: 40)
    private static let b = String(repeating: "b", count: 40)

    private func steps(_ lines: [String]) -> [RemoteHelperProtocol.Step] {
        var machine = RemoteHelperProtocol()
        return lines.map { machine.received($0) }
    }

    @Test func `capabilities are offered`() {
        #expect(steps(["capabilities"]) == [.reply("fetch\npush\noption\ncheck-connectivity\nobject-format\n\n")])
    }

    struct OptionCase: Sendable {
        var line: String
        var reply: String
    }

    @Test(arguments: [
        OptionCase(line: "verbosity 2", reply: "ok\n"),
        OptionCase(line: "verbosity loud", reply: "error option verbosity needs a number, not \"loud\"\n"),
        OptionCase(line: "progress true", reply: "ok\n"),
        OptionCase(line: "progress maybe", reply: "error option progress needs true or false, not \"maybe\"\n"),
        OptionCase(line: "cloning true", reply: "ok\n"),
        OptionCase(line: "check-connectivity true", reply: "ok\n"),
        OptionCase(line: "dry-run true", reply: "ok\n"),
        OptionCase(line: "atomic true", reply: "ok\n"),
        OptionCase(line: "force true", reply: "ok\n"),
        OptionCase(line: "followtags true", reply: "ok\n"),
        OptionCase(line: "object-format", reply: "ok\n"),
        OptionCase(line: "object-format true", reply: "ok\n"),
        OptionCase(line: "object-format sha256", reply: "ok\n"),
        OptionCase(line: "object-format md5", reply: "unsupported\n"),
        OptionCase(line: "cas refs/heads/main:\(a)", reply: "ok\n"),
        OptionCase(line: "cas \"refs/heads/\\303\\244:\(a)\"", reply: "ok\n"),
        OptionCase(
            line: "cas refs/heads/main", reply: "error option cas needs <ref>:<object>, not \"refs/heads/main\"\n"),
        OptionCase(line: "cas \"refs", reply: "error the value of option cas is quoted wrongly\n"),
        OptionCase(line: "depth 1", reply: "unsupported\n"),
        OptionCase(line: "deepen-since yesterday", reply: "unsupported\n"),
        OptionCase(line: "deepen-not v1", reply: "unsupported\n"),
        OptionCase(line: "deepen-relative true", reply: "unsupported\n"),
        OptionCase(line: "update-shallow true", reply: "unsupported\n"),
        OptionCase(line: "filter blob:none", reply: "unsupported\n"),
        OptionCase(line: "from-promisor 1", reply: "unsupported\n"),
        OptionCase(line: "refetch true", reply: "unsupported\n"),
        OptionCase(line: "push-option a b", reply: "unsupported\n"),
        OptionCase(line: "pushcert true", reply: "unsupported\n"),
        OptionCase(line: "force-if-includes true", reply: "unsupported\n"),
        OptionCase(line: "family ipv4", reply: "unsupported\n"),
        OptionCase(line: "", reply: "unsupported\n"),
    ])
    func `every option gets one reply`(_ option: OptionCase) {
        #expect(steps(["option \(option.line)"]) == [.reply(option.reply)])
    }

    @Test func `options are kept, leases until the push is over`() {
        var machine = RemoteHelperProtocol()
        for option in ["verbosity 0", "progress true", "atomic true", "atomic false", "object-format"] {
            _ = machine.received("option \(option)")
        }
        _ = machine.received("option cas \"refs/heads/\\303\\244:\(Self.a)\"")
        _ = machine.received("option cas refs/heads/new:\(String(repeating: "0", count: 40))")
        #expect(machine.options.verbosity == 0)
        #expect(!machine.options.isProgressVisible)
        #expect(!machine.options.isAtomic)
        #expect(machine.options.wantsObjectFormat)
        #expect(machine.options.leases["refs/heads/ä"]?.hex == Self.a)
        #expect(machine.options.leases["refs/heads/new"]?.isNull == true)
        machine.finishedPush()
        #expect(machine.options.leases.isEmpty)
    }

    @Test func `lists are told apart`() {
        #expect(steps(["list", "list for-push"]) == [.list(forPush: false), .list(forPush: true)])
    }

    @Test func `a fetch batch ends with a blank line, duplicates count once`() throws {
        let main = try #require(FetchRequest("\(Self.a) refs/heads/main"))
        let head = try #require(FetchRequest("\(Self.a) HEAD"))
        let lines = [
            "fetch \(Self.a) refs/heads/main", "fetch \(Self.a) HEAD", "fetch \(Self.a) refs/heads/main", "", "",
        ]
        #expect(steps(lines) == [.wait, .wait, .wait, .fetch([main, head]), .finish])
    }

    @Test func `a push batch ends with a blank line, and another may follow`() throws {
        let forced = try #require(PushRequest("+HEAD:refs/heads/main"))
        let deletion = try #require(PushRequest(":refs/heads/old"))
        #expect(forced.isForced && !forced.isDeletion && forced.source == "HEAD")
        #expect(deletion.isDeletion && !deletion.isForced)
        #expect(
            steps(["push +HEAD:refs/heads/main", "push :refs/heads/old", "", "push :refs/heads/old", "", ""])
                == [.wait, .wait, .push([forced, deletion]), .wait, .push([deletion]), .finish])
    }

    @Test(arguments: [
        ["import refs/heads/main"], ["list for-fetch"], ["fetch"], ["fetch abc refs/heads/main"],
        ["fetch 0000000000000000000000000000000000000000 HEAD"], ["push"], ["push HEAD"], ["push HEAD:"],
        ["push a:refs/heads/a", "fetch \(a) HEAD"], ["fetch \(a) HEAD", "option progress true"],
        ["push a:refs/heads/a", "option dry-run true"],
    ])
    func `what the protocol does not allow fails`(_ lines: [String]) {
        guard case .fail? = steps(lines).last else {
            Issue.record("\(lines) did not fail")
            return
        }
    }

    @Test func `the end of input is an end, but not in a batch`() {
        var machine = RemoteHelperProtocol()
        #expect(machine.receivedEnd() == .finish)
        _ = machine.received("push a:refs/heads/a")
        guard case .fail = machine.receivedEnd() else {
            Issue.record("an unfinished batch was taken for a whole one")
            return
        }
    }
}
