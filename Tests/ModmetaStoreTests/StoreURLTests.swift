import ModmetaStore
import Testing

@Suite struct StoreURLTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var location: StoreURL.Location
        var printed: String
        var isLFS = false

        var testDescription: String { text }
    }

    static let cases = [
        Case(
            text: "modmeta::file:///mnt/models/qa", location: .directory(path: "/mnt/models/qa"),
            printed: "modmeta::file:///mnt/models/qa"),
        Case(
            text: "file:///mnt/models/qa", location: .directory(path: "/mnt/models/qa"),
            printed: "modmeta::file:///mnt/models/qa"),
        Case(text: "modmeta::/mnt/qa/", location: .directory(path: "/mnt/qa"), printed: "modmeta::file:///mnt/qa"),
        Case(text: "/mnt//qa/./x", location: .directory(path: "/mnt/qa/x"), printed: "modmeta::file:///mnt/qa/x"),
        Case(text: "/a b%20c", location: .directory(path: "/a b%20c"), printed: "modmeta::file:///a%20b%2520c"),
        Case(text: "file:///a%20b%C3%A9", location: .directory(path: "/a bé"), printed: "modmeta::file:///a%20b%C3%A9"),
        Case(text: "file://localhost/a", location: .directory(path: "/a"), printed: "modmeta::file:///a"),
        Case(text: "FILE:/a", location: .directory(path: "/a"), printed: "modmeta::file:///a"),
        Case(text: "/a?b#c", location: .directory(path: "/a?b#c"), printed: "modmeta::file:///a%3Fb%23c"),
        Case(
            text: "modmeta::file:///d.git/info/lfs", location: .directory(path: "/d"), printed: "modmeta::file:///d",
            isLFS: true),
        Case(
            text: "modmeta::file:///d.git/info/lfs", location: .directory(path: "/d.git/info/lfs"),
            printed: "modmeta::file:///d.git/info/lfs"),
        Case(text: "modmeta::/d", location: .directory(path: "/d"), printed: "modmeta::file:///d", isLFS: true),
        Case(text: "modmeta::s3://b/p/q/", location: .bucket(name: "b", prefix: "p/q"), printed: "modmeta::s3://b/p/q"),
        Case(text: "s3://b", location: .bucket(name: "b", prefix: ""), printed: "modmeta::s3://b"),
        Case(text: "https://h/p/", location: .server(url: "https://h/p"), printed: "modmeta::https://h/p"),
        Case(
            text: "modmeta::https://u:s3cret@h/p@q", location: .server(url: "https://u:s3cret@h/p@q"),
            printed: "modmeta::https://***@h/p@q"),
    ]

    @Test(arguments: cases)
    func parses(_ test: Case) throws {
        let url = try StoreURL(test.text, removingLFSSuffix: test.isLFS)
        #expect(url.location == test.location)
        #expect(url.description == test.printed)
        #expect(try StoreURL(url.remoteURL) == url)
        #expect(try StoreURL(url.address) == url)
    }

    @Test(arguments: [
        ("", "empty"), ("modmeta::", "empty"), ("models/qa", "relative"), ("modmeta::./qa", "relative"),
        ("modmeta::~/qa", "relative"), ("file:qa", "relative"), ("file://qa/x", "three slashes"),
        ("file://./qa", "relative"), ("/", "root directory"), ("file:////", "root directory"), ("/a\nb", "control"),
        ("/a\0b", "control"), ("/a\u{1b}[1m", "control"), ("/a\u{85}b", "control"), ("file:///a%00b", "control"),
        ("file:///a%0Ab", "control"), ("file:///a%zz", "%25"), ("file:///a%4", "%25"), ("file:///%ff", "UTF-8"),
        ("s3://", "bucket"), ("s3:///p", "bucket"), ("s3:b", "bucket"), ("https://", "host"), ("https:///p", "host"),
        ("ssh://h/p", "kind of store"), ("modmeta::modmeta::/a", "kind of store"),
        ("/" + String(repeating: "a", count: 9000), "bytes"),
    ])
    func refuses(_ text: String, reason: String) throws {
        let error = #expect(throws: StoreError.self) { try StoreURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.unicodeScalars.contains { $0.properties.generalCategory == .control } == false)
    }

    @Test func gitSuffixCanBePutBack() throws {
        let url = try StoreURL("modmeta::file:///d.git/info/lfs", removingLFSSuffix: true)
        #expect(url.withGitSuffix.path == "/d.git")
    }
}
