import Testing

@testable import ModmetaNetwork

@Suite struct XMLScannerTests {
    private func parse(_ text: String) -> XMLElement? { XMLScanner.root(of: Array(text.utf8)) }

    @Test func readsWhatServicesSend() throws {
        let root = try #require(
            parse(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- a > comment -->
                <s3:List xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/" note='a > b'>
                  <Item><Key>a&amp;b &#60;&#x3e; &quot;&apos;</Key><Size>7</Size><Empty/></Item>
                  <Item><Key>ü</Key></Item>
                </s3:List>
                """))
        #expect(root.name == "List")
        #expect(root.all("Item").map { $0["Key"] } == ["a&b <> \"'", "ü"])
        #expect(root.children[0]["Size"] == "7" && root.children[0]["Empty"]?.isEmpty == true)
        #expect(root.children[1]["Size"] == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&#xffffffff;</a>",
        "<a>&#xd800;</a>",
        "<a>&amp</a>", "<a", "<>x</>", "<a>x</a>y", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<!-- <a/>",
        "<a b=\"></a>",
        "<a<b/>></a>", "</a>",
        String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
        "<a>" + String(repeating: "<b/>", count: 50_001) + "</a>",
    ])
    func refusesWhatIsDamaged(_ text: String) { #expect(parse(text) == nil) }

    /// Whatever one flipped byte does, it must not crash, and no cut may be taken for the whole.
    @Test func survivesDamage() {
        let whole = Array("<a x=\"1\"><b>1&lt;2</b><!-- c --><d/></a>".utf8)
        for length in whole.indices { #expect(XMLScanner.root(of: Array(whole[..<length])) == nil) }
        for index in whole.indices {
            for byte: UInt8 in [0, 0x26, 0x3c, 0x3e, 0x2f, 0x22, 0xff] {
                var damaged = whole
                damaged[index] = byte
                _ = XMLScanner.root(of: damaged)
            }
        }
    }
}
