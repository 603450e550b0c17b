import ModmetaGit
import Testing

@Suite struct GitConfigurationTests {
    private let configuration = GitConfiguration(
        parsing: Array(
            "lfs.url\nfirst\0lfs.url\nsecond\nline\0modmeta.on\0modmeta.off\nfalse\0modmeta.two\n2\0lfs.storage\n\0"
                .utf8))

    @Test func readsValues() {
        #expect(configuration["lfs.url"] == "second\nline")
        #expect(configuration.all("lfs.url") == ["first", "second\nline"])
        #expect(configuration["lfs.storage"] == nil)
        #expect(configuration["absent"] == nil)
    }

    @Test func readsTruth() {
        #expect(configuration.isTrue("modmeta.on"))
        #expect(configuration.isTrue("modmeta.two"))
        #expect(!configuration.isTrue("modmeta.off"))
        #expect(!configuration.isTrue("absent"))
    }
}
