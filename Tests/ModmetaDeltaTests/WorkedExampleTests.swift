import Foundation
import ModmetaDelta
import ModmetaFormats
import Testing

/// The payloads written out in docs/formats/delta.md decode to the bytes beside them.
@Suite struct WorkedExampleTests {
    @Test func scaled() throws { try expectExample("### Scaled", .delta) }

    @Test func levelled() throws { try expectExample("### Levelled", .full) }

    private func expectExample(_ heading: String, _ encoding: Manifest.Encoding) throws {
        let section = try section(heading)
        let payload = try bytes("payload", in: section)
        let raw = try bytes("raw", in: section)
        let base = encoding == .delta ? try bytes("base", in: section) : []
        #expect(try ChunkCodec().decoded(payload, encoding, base: base, count: raw.count) == raw)
        // Every byte of the payload matters, though a padding bit may not: the decoder skips none of the bytes written
        // out.
        for index in payload.indices {
            let matters = (0..<8).contains { bit in
                var changed = payload
                changed[index] ^= 1 << UInt8(bit)
                return (try? ChunkCodec().decoded(changed, encoding, base: base, count: raw.count)) != raw
            }
            #expect(matters, "byte \(index) does not matter")
        }
    }

    /// The text from a heading to the next one.
    private func section(_ heading: String) throws -> [Substring] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/formats/delta.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == heading })
        let rest = lines[(start + 1)...]
        return Array(rest.prefix { !$0.hasPrefix("#") })
    }

    /// The bytes in a fenced block: hexadecimal, up to `#` on each line.
    private func bytes(_ kind: String, in section: [Substring]) throws -> [UInt8] {
        let start = try #require(section.firstIndex { $0 == "```\(kind)" })
        let lines = section[(start + 1)...].prefix { $0 != "```" }
        return try lines.flatMap { line in
            try line.prefix { $0 != "#" }.split(separator: " ").map { try #require(UInt8($0, radix: 16)) }
        }
    }
}
