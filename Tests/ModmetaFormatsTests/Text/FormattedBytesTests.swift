import Testing

@testable import ModmetaFormats

@Suite struct FormattedBytesTests {
    struct Size: Sendable {
        var bytes: UInt64
        var text: String
    }

    @Test(arguments: [
        Size(bytes: 0, text: "0 B"), Size(bytes: 999, text: "999 B"), Size(bytes: 1000, text: "1.0 kB"),
        Size(bytes: 45_442_040, text: "45.4 MB"), Size(bytes: 999_600_000, text: "1.0 GB"),
        Size(bytes: 123_456_789_012, text: "123 GB"),
    ])
    func sizesHaveThreeDigits(_ size: Size) {
        #expect(formatted(bytes: size.bytes) == size.text)
    }
}
