import ModmetaNetwork
import Testing

@Suite struct HTTPConfigurationTests {
    typealias Entry = HTTPConfiguration.Entry

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var entries: [Entry] = []
        var environment: [String: String] = [:]
        var url = "https://git.example.com/org/x.git"
        var expected: @Sendable (inout HTTPSettings) -> Void
    }

    @Test(arguments: [
        Case(testDescription: "nothing said") { _ in },
        Case(
            testDescription: "plain keys",
            entries: [
                Entry("http.sslcainfo", "~/ca.pem"), Entry("http.sslcapath", "/ca"), Entry("http.sslcert", "/c"),
                Entry("http.sslkey", "/k"), Entry("http.sslverify", "false"), Entry("http.proxy", "http://p:3128"),
                Entry("http.useragent", "us"), Entry("http.lowspeedlimit", "1000"), Entry("http.lowspeedtime", "5"),
                Entry("httpx.proxy", "no"), Entry("core.sslverify", "true"),
            ], environment: ["HOME": "/home/me"]
        ) {
            $0.authorityFile = "/home/me/ca.pem"
            $0.authorityDirectory = "/ca"
            $0.clientCertificate = "/c"
            $0.clientKey = "/k"
            $0.verifiesServer = false
            $0.proxy = "http://p:3128"
            $0.userAgent = "us"
            $0.stallSpeed = 1000
            $0.stallTime = .seconds(5)
        },
        Case(
            testDescription: "a key alone is true",
            entries: [Entry("http.sslverify", "no"), Entry("http.sslverify", nil)]
        ) {
            _ in
        },
        Case(
            testDescription: "the longer path goes before, wherever it stands",
            entries: [
                Entry("http.https://git.example.com/org.proxy", "http://long"),
                Entry("http.https://git.example.com.proxy", "http://short"), Entry("http.proxy", "http://none"),
            ]
        ) { $0.proxy = "http://long" },
        Case(
            testDescription: "a path matches between slashes only",
            entries: [Entry("http.https://git.example.com/or.proxy", "http://p")]
        ) { _ in },
        Case(
            testDescription: "other schemes, ports and hosts",
            entries: [
                Entry("http.http://git.example.com.proxy", "http://a"),
                Entry("http.https://git.example.com:8443.proxy", "http://b"),
                Entry("http.https://example.com.proxy", "http://c"), Entry("http.https://*.com.proxy", "http://d"),
                Entry("http.https://user@git.example.com.proxy", "http://e"),
            ]
        ) { _ in },
        Case(
            testDescription: "a star stands for one label, and the default port for none",
            entries: [Entry("http.https://*.example.com:443/.proxy", "http://p")]
        ) { $0.proxy = "http://p" },
        Case(
            testDescription: "a user's key goes before",
            entries: [
                Entry("http.https://me@git.example.com.proxy", "http://mine"),
                Entry("http.https://git.example.com.proxy", "http://all"),
            ], url: "https://me:pw@git.example.com/"
        ) { $0.proxy = "http://mine" },
        Case(
            testDescription: "extra headers add up, and an empty one takes back",
            entries: [
                Entry("http.extraheader", "A: 0"), Entry("http.extraheader", ""), Entry("http.extraheader", "A: 1"),
                Entry("http.https://git.example.com.extraheader", "B:2"), Entry("http.extraheader", "C: less fitting"),
                Entry("http.https://other.example.com.extraheader", "D: 3"),
            ]
        ) { $0.extraFields = [HTTPField("A", "1"), HTTPField("B", "2")] },
        Case(
            testDescription: "the environment goes before the configuration",
            entries: [
                Entry("http.sslcainfo", "/config"), Entry("http.sslverify", "true"), Entry("http.lowspeedtime", "9"),
            ],
            environment: [
                "GIT_SSL_CAINFO": "/ca", "GIT_SSL_CAPATH": "/dir", "GIT_SSL_CERT": "/c", "GIT_SSL_KEY": "/k",
                "GIT_SSL_NO_VERIFY": "", "GIT_HTTP_LOW_SPEED_TIME": "7", "GIT_HTTP_LOW_SPEED_LIMIT": "x",
                "GIT_HTTP_USER_AGENT": "a",
            ]
        ) {
            $0.authorityFile = "/ca"
            $0.authorityDirectory = "/dir"
            $0.clientCertificate = "/c"
            $0.clientKey = "/k"
            $0.verifiesServer = false
            $0.stallTime = .seconds(7)
            $0.userAgent = "a"
        },
        Case(
            testDescription: "proxies of the environment",
            environment: [
                "HTTPS_PROXY": "http://s", "https_proxy": "", "http_proxy": "http://h", "ALL_PROXY": "http://all",
                "NO_PROXY": "localhost,.lan",
            ]
        ) {
            $0.proxy = "http://s"
            $0.proxyExceptions = "localhost,.lan"
        },
        Case(
            testDescription: "HTTP_PROXY is not read, ALL_PROXY is",
            environment: ["HTTP_PROXY": "http://h", "ALL_PROXY": "http://all"],
            url: "http://git.example.com/"
        ) { $0.proxy = "http://all" },
        Case(
            testDescription: "an empty http.proxy means none", entries: [Entry("http.proxy", "")],
            environment: ["HTTPS_PROXY": "http://s"]
        ) { _ in },
    ])
    func resolves(_ sample: Case) {
        var expected = HTTPSettings()
        sample.expected(&expected)
        let configuration = HTTPConfiguration(entries: sample.entries, environment: sample.environment)
        #expect(configuration.settings(for: sample.url) == expected)
    }

    @Test(arguments: [
        ("HTTPS://User:pw@Example.COM:443/a?b#c", "https://example.com/a?b", "https://example.com/a"),
        ("http://[::1]:8080", "http://[::1]:8080/", "http://[::1]:8080/"), ("http://h?x", "http://h/?x", "http://h/"),
    ])
    func takesAddressesApart(_ url: String, _ whole: String, _ shown: String) throws {
        let address = try #require(HTTPAddress(url))
        #expect(address.url == whole && "\(address)" == shown)
    }

    @Test(arguments: [
        "", "x", "ftp://h/", "http:/h", "http://", "http:///p", "http://h:0/", "http://h:99999/", "http://h:x/",
        "http://[::1/", "http://h /", "http://h\n/", "https://@/",
    ])
    func refusesWhatIsNoAddress(_ url: String) { #expect(HTTPAddress(url) == nil) }
}
