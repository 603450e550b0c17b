import ModmetaNetwork
import ModmetaStore
import Testing

@Suite struct LFSServerURLTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var url: String
        var endpoint: String?
        var testDescription: String { url }
    }

    @Test(arguments: [
        Case(url: "https://h/org/x.git", endpoint: "https://h/org/x.git/info/lfs"),
        Case(url: "https://h/org/x.git/info/lfs", endpoint: "https://h/org/x.git/info/lfs"),
        Case(url: "https://h/org/x.git/info/lfs/", endpoint: "https://h/org/x.git/info/lfs"),
        Case(url: "https://h/org/x", endpoint: "https://h/org/x.git/info/lfs"),
        Case(url: "https://h/x/info/lfs", endpoint: "https://h/x/info/lfs"),
        Case(url: "HTTPS://me:pw@H:8443/x.git", endpoint: "https://h:8443/x.git/info/lfs"),
        Case(url: "http://127.0.0.1:8080/x.git", endpoint: "http://127.0.0.1:8080/x.git/info/lfs"),
        Case(url: "http://localhost/x.git", endpoint: "http://localhost/x.git/info/lfs"),
        Case(url: "http://[::1]:80/x.git", endpoint: "http://[::1]:80/x.git/info/lfs"),
        Case(url: "http://127.0.0.1.example.com/x.git"), Case(url: "http://127.1/x.git"),
        Case(url: "http://git.example.com/x.git"), Case(url: "http://localhost.example.com/x.git"),
        Case(url: "https://h"), Case(url: "https://h/"), Case(url: "https:///x"), Case(url: "https://h/x?y"),
        Case(url: "https://h/x#y"), Case(url: "ssh://h/x.git"), Case(url: "https://h:0/x"),
        Case(url: "https://h:99999/x"),
        Case(url: "https://h\\@evil/x"), Case(url: "https://h /x"), Case(url: "https://h/x\r\nHost: y"),
    ])
    func endpoint(_ given: Case) throws {
        guard let endpoint = given.endpoint else {
            let error = #expect(throws: StoreError.self) { try LFSServerURL(given.url) }
            #expect(error?.code == .invalidURL)
            return
        }
        let url = try LFSServerURL(given.url)
        #expect(url.endpoint == endpoint)
        #expect("\(url.repository)/info/lfs" == endpoint)
    }

    @Test func credentialsAreTakenOut() throws {
        let url = try LFSServerURL("https://a%40b:p%2Fw@h/org/x.git")
        #expect(url.user == "a@b" && url.repositoryPath == "org/x.git" && url.host == "h")
        #expect(url.authorization == Credential(username: "a@b", password: "p/w").authorization)
        #expect(!"\(url)".contains("p/w") && !"\(url)".contains("p%2Fw"))
        let error = #expect(throws: StoreError.self) { try LFSServerURL("http://me:secret@example.com/x") }
        #expect(error?.message.contains("secret") == false)
    }
}
