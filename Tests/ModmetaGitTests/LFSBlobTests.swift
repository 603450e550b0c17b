import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaTesting
import Testing

private let hex = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
private let good = "version https://git-lfs.github.com/spec/v1\noid sha256:\(hex)\nsize 12345\n"

@Suite struct LFSBlobTests {
    @Test func `a sound pointer names its object`() throws {
        let blob = LFSBlob(Array(good.utf8))
        #expect(blob.pointer?.object.hex == hex)
        #expect(blob.objects.map(\.hex) == [hex])
    }

    @Test(arguments: [
        good.replacing("size 12345", with: "size"), good.replacing("oid", with: "name x\noid"), good + "more of it\n",
        "<<<<<<< HEAD\n" + good, good.replacing(hex, with: hex.uppercased()), "\u{feff}" + good,
        good.replacing("v1\n", with: "v1 \n"), "ext-0-a sha256:\(hex)\next-0-b sha256:\(hex)\n" + good,
    ])
    func `what is left of a pointer is never taken for other content`(_ text: String) {
        let blob = LFSBlob(Array(text.utf8))
        guard case .damaged(let objects, _) = blob else {
            Issue.record("\(text.debugDescription) is \(blob)")
            return
        }
        #expect(objects.map(\.hex) == [hex])
        #expect(blob.pointer == nil)
    }

    @Test(arguments: [
        "", "\n", String(repeating: "x", count: 200), good.replacing(hex, with: "\(hex.dropLast())g"),
        good.replacing("github", with: "other"), good + String(repeating: " ", count: 1024),
        "version https://git-lfs.github.com/spec/v1 begins a pointer, and oid sha256: is in its second line\n",
    ])
    func `text that names no object is content`(_ text: String) {
        #expect(LFSBlob(Array(text.utf8)) == .content)
    }

    @Test func `sizes that no blob with an object has are not read`() {
        #expect([0, 93, 1024, .max].allSatisfy { !LFSBlob.isCandidate(size: $0) })
        #expect([94, 114, 1023].allSatisfy { LFSBlob.isCandidate(size: $0) })
    }

    /// Git-lfs is asked of many pointers, most with something wrong, whether they are any.
    @Test(.enabled(if: hasGitLFS)) func `pointers are those that git-lfs reads`() async throws {
        try await HermeticGit.withTemporary { git in
            var random = SeededRandom(seed: 11)
            var counts = (pointers: 0, others: 0)
            for _ in 0..<400 {
                let text = Self.mutated(&random)
                try git.write(text, to: "text")
                let isPointer = (try? await git.run("lfs", "pointer", "--check", "--file", git.path("text"))) != nil
                let ours = LFSBlob(Array(text.utf8)).pointer != nil
                #expect(ours == isPointer, "\(text.debugDescription)")
                if isPointer { counts.pointers += 1 } else { counts.others += 1 }
            }
            #expect(counts.pointers > 100 && counts.others > 100, "\(counts)")
        }
    }

    private static func mutated(_ random: inout SeededRandom) -> String {
        var lines = good.split(separator: "\n").map(String.init)
        let spaces = ["", " ", "\t", "\r", "\n", "\n\n", "\u{b}", "\u{c}", "\u{85}", "\u{a0}", "\u{2003}", "\u{feff}"]
        let extras = [
            "ext-0-a sha256:\(hex)", "ext-1-b sha256:\(hex)", "ext-10-a sha256:\(hex)", "ext-0-é sha256:\(hex)",
            "ext-0-a sha1:\(hex)", "ext-2-_ sha256:\(hex) ", "name x", "", " ", "\r", "version", lines[0], lines[1],
        ]
        let versions = [
            "http://git-media.io/v/2", "https://hawser.github.com/spec/v1", "https://git-lfs.github.com/spec/v2",
        ]
        let sizes = [
            "+5", "-0", "-5", "007", "1_0", "0x10", "", " 5", "5 6", "1e3", "9223372036854775807",
            "9223372036854775808",
            "٣",
        ]
        for _ in 0..<random.pick(1..<4) {
            switch random.pick(0..<7) {
            case 0, 1: lines.insert(random.pick(extras), at: random.pick(0..<lines.count + 1))
            case 2: lines[0] = "version \(random.pick(versions))"
            case 3: lines[lines.count - 1] = "size \(random.pick(sizes))"
            case 4: lines[random.pick(0..<lines.count)] += random.pick(spaces)
            case 5: lines[0] = random.pick(spaces) + lines[0]
            default: lines.swapAt(random.pick(0..<lines.count), random.pick(0..<lines.count))
            }
        }
        let text = lines.joined(separator: random.oneIn(5) ? "\r\n" : "\n") + random.pick(spaces)
        return random.oneIn(10) ? String(text.dropFirst(random.pick(0..<4)).dropLast(random.pick(0..<9))) : text
    }
}

private let hasGitLFS = access("/usr/bin/git-lfs", X_OK) == 0 || access("/usr/local/bin/git-lfs", X_OK) == 0
