import ModmetaGit
import Testing

@Suite struct ReservedNameTests {
    @Test(arguments: [
        "", ".", "..", "a\0b", ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ", ".git . .", ".git:stream",
        ".git::$INDEX_ALLOCATION", "git~1:x", ".g\u{200c}it", ".\u{202e}git", "\u{feff}.git", ".git\u{206f}",
        ".git\\hooks",
        "a\\.git", "a\\git~1\\b",
    ])
    func isRefused(_ name: String) { #expect(ReservedName.isReserved(name)) }

    @Test(arguments: [
        "git", ".gitignore", ".gitattributes", ".github", "git~2", "model.safetensors", "...", "a.git", ".git-x",
        "git~10",
        "x:.git", "model\\weights",
    ])
    func isAllowed(_ name: String) { #expect(!ReservedName.isReserved(name)) }
}
