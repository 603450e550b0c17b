import ModmetaFormats
import ModmetaGit
import Testing

/// The transitions that the loop never gives rise to, as it answers every line before it reads the next.
@Suite struct LFSAgentProtocolTests {
    private let start = #"{"event":"init","operation":"download","remote":"origin"}"#
    private let hex = String(repeating: "a", count: 64)
    private var download: String { #"{"event":"download","oid":"\#(hex)","size":1}"# }

    @Test func refusesARequestWhileInitIsAnswered() {
        var session = LFSAgentProtocol()
        #expect(session.received(start) == .begin(.download, remote: "origin"))
        #expect(session.received(download) == failure("git-lfs sent download while init was being answered"))
        #expect(session.began() == .ready)
        #expect(session.received(download) == .download(ObjectID(hex: hex)!, size: 1))
    }

    @Test func refusesARequestDuringATransfer() {
        var session = LFSAgentProtocol()
        _ = session.received(start)
        _ = session.began()
        _ = session.received(download)
        #expect(
            session.received(download) == failure("git-lfs sent download while object \(hex) was being transferred"))
        #expect(session.completed(path: "/p") == .complete(oid: hex, path: "/p"))
    }

    @Test func refusesEverythingAfterTerminate() {
        var session = LFSAgentProtocol()
        #expect(session.received(#"{"event":"terminate"}"#) == .finish)
        #expect(session.received(download) == failure("git-lfs sent download after terminate"))
        #expect(
            session.received(start) == .fail(.refused(code: 2, message: "git-lfs sent init after terminate")))
    }

    @Test func refusesALineTooLong() {
        var session = LFSAgentProtocol()
        let line =
            start.dropLast() + #","padding":""# + String(repeating: " ", count: LFSAgentMessage.lineLimit) + #""}"#
        guard case .fail(.refused(_, let message)) = session.received(String(line)) else {
            Issue.record("a line of more than a mebibyte was accepted")
            return
        }
        #expect(message.contains("at most 1048576 are accepted"))
    }

    private func failure(_ message: String) -> LFSAgentProtocol.Action {
        .fail(.failed(oid: hex, code: LFSAgentReply.protocolCode, message: message))
    }
}
