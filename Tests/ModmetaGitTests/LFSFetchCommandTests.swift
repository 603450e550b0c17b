import ModmetaFormats
import ModmetaGit
import Testing

@Suite struct LFSFetchCommandTests {
    private func line(_ paths: String...) -> String? {
        LFSFetchCommand.command(revision: "snapshot/v1", paths: paths).line
    }

    @Test func `plain paths stay readable`() {
        #expect(line("checkpoints/v1") == "git lfs fetch origin snapshot/v1 -I /checkpoints/v1/")
        #expect(line("a", "b c") == "git lfs fetch origin snapshot/v1 -I '/a/,/b c/'")
        #expect(line(".") == "git lfs fetch origin snapshot/v1 -I '*'")
    }

    @Test func `what patterns give a meaning to is escaped`() {
        #expect(line("run[1]") == "git lfs fetch origin snapshot/v1 -I '/run\\[1\\]/'")
        #expect(line("a*?\\b") == "git lfs fetch origin snapshot/v1 -I '/a\\*\\?\\\\b/'")
        #expect(line("it's") == "git lfs fetch origin snapshot/v1 -I '/it'\\''s/'")
    }

    @Test func `a comma is matched by a class, of which the rest is left out`() {
        #expect(line("a,b") == "git lfs fetch origin snapshot/v1 -I '/a[+--]b/' -X /a+b/,/a-b/")
        #expect(line("a,b", "a-b") == "git lfs fetch origin snapshot/v1 -I '/a[+--]b/,/a-b/'")
        #expect(line("a,b", "a-b/c") == "git lfs fetch origin snapshot/v1 -I '/a[+--]b/,/a-b/c/'")
    }

    @Test func `a path that cannot be pasted makes it fetch all`() {
        #expect(line("a\nb", "c") == "git lfs fetch origin snapshot/v1")
        #expect(line("bad\u{FFFD}") == "git lfs fetch origin snapshot/v1")
        #expect(line("\u{202E}") == "git lfs fetch origin snapshot/v1")
    }
}
