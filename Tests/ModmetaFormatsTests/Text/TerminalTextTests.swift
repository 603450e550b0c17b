import Foundation
import ModmetaFormats
import Testing

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("a\u{1B}[31mb", "a\\u{1b}[31mb"), ("bell\u{7}", "bell\\u{7}"), ("one\ntwo\r\n", "one\\ntwo\\r\\n"),
        ("\t", "\\t"),
        ("del\u{7F}", "del\\u{7f}"), ("csi\u{9B}31m", "csi\\u{9b}31m"), ("next\u{85}line", "next\\u{85}line"),
        ("gpj.\u{202E}exe", "gpj.\\u{202e}exe"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
        ("\u{200E}\u{200F}\u{61C}", "\\u{200e}\\u{200f}\\u{61c}"),
        ("zero\u{200B}width\u{FEFF}", "zero\\u{200b}width\\u{feff}"),
        ("line\u{2028}\u{2029}", "line\\u{2028}\\u{2029}"), ("tag\u{E0041}", "tag\\u{e0041}"),
        ("private\u{E000}\u{10FFFD}", "private\\u{e000}\\u{10fffd}"), ("none\u{378}", "none\\u{378}"),
        ("filler\u{3164}\u{115F}", "filler\\u{3164}\\u{115f}"), ("selector\u{E0100}", "selector\\u{e0100}"),
        ("gewicht-ä 模型 🧠 שלום", "gewicht-ä 模型 🧠 שלום"), ("❤\u{FE0F}", "❤\u{FE0F}"), ("", ""),
        ("a\\u{1b}b", "a\\u{1b}b"),
        ("bad \u{FFFD} byte", "bad \u{FFFD} byte"),
    ])
    func `what is not printable is escaped, once`(_ text: String, _ shown: String) {
        #expect(TerminalText.escaped(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect(TerminalText.escaped(TerminalText.escaped(text)) == shown)
    }

    @Test func `a JSON text has the same values, in printable characters`() throws {
        let value = ["k\u{202E}": "a\u{1B}\u{7F}\u{9B}\n\u{E0041}\u{10FFFD}ä模"]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .prettyPrinted
        let text = TerminalText.json(String(decoding: try encoder.encode(value), as: UTF8.self))
        #expect(text.unicodeScalars.allSatisfy { TerminalText.isPrintable($0) || $0 == "\n" })
        #expect(text.contains("\\u202e") && text.contains("\\udb40\\udc41") && text.contains("ä模"))
        #expect(try JSONDecoder().decode([String: String].self, from: Data(text.utf8)) == value)
    }

    @Test func `a line has no credentials either`() {
        #expect(TerminalText.line("cannot reach https://u:p@h/\u{7}x") == "cannot reach https://***@h/\\u{7}x")
    }
}
