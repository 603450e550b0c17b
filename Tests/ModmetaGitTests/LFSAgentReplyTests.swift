import Foundation
import ModmetaGit
import Testing

@Suite struct LFSAgentReplyTests {
    @Test(arguments: [
        "", "plain", "\"quoted\"", "back\\slash", "tab\tnewline\nreturn\r", "\u{0}\u{1}\u{1f}\u{7f}", "päth 模型 🧠",
        "\u{2028}",
        "/slash",
    ])
    func escapesStrings(_ text: String) throws {
        struct Wire: Decodable { var path: String }
        let line = LFSAgentReply.complete(oid: "a", path: text).line
        #expect(!line.contains { $0.isNewline && $0 != "\u{2028}" })
        #expect(try JSONDecoder().decode(Wire.self, from: Data(line.utf8)).path == text)
    }
}
