import Glibc
import ModmetaFormats
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        ("https://user:pass@host/path", "https://***@host/path"),
        ("modmeta::https://tok@h:8/x", "modmeta::https://***@h:8/x"),
        ("see 'https://u:p@h/x.git/': and http://t@h; end", "see 'https://***@h/x.git/': and http://***@h; end"),
        ("https://u:p@ss@host/x", "https://***@host/x"), ("https://u:p/w@host/x", "https://***@host/x"),
        ("ssh://git@host/x", "ssh://git@host/x"), ("ssh://git:pw@host/x", "ssh://***@host/x"),
        ("https://host:8080/a@b", "https://host:8080/a@b"), ("https://[::1]:80/a@b", "https://[::1]:80/a@b"),
        ("postgres://u:p@db/x", "postgres://***@db/x"), ("https://***@host/x", "https://***@host/x"),
        ("https://b.s3.x/k?X-Amz-Signature=abc&X-Amz-Date=1 end", "https://b.s3.x/k?*** end"),
        ("http://h/a?b http://u:p@h/c?d", "http://h/a?*** http://***@h/c?***"), ("s3://bucket/a?b", "s3://bucket/a?b"),
        ("Authorization: Bearer abcdef0123456789abc;", "Authorization: Bearer ***;"),
        ("Basic dXNlcjpwYXNzd29yZA==", "Basic ***"), ("Basic authentication failed", "Basic authentication failed"),
        ("AccountKey=abcd==;x", "AccountKey=***;x"), ("password=hunter2 failed", "password=*** failed"),
        ("{\"detail\":\"https://u:p@h/?q\"}", "{\"detail\":\"https://***@h/?***\"}"),
        ("git config modmeta.whole=always", "git config modmeta.whole=always"),
        ("the key a.b.weight: x is not one", "the key a.b.weight: x is not one"), ("", ""), ("://", "://"),
        ("@://@", "@://@"),
    ])
    func `credentials are replaced, once`(_ text: String, _ shown: String) {
        #expect(Redaction.redacted(text) == shown)
        #expect(Redaction.redacted(shown) == shown)
    }

    @Test func `tokens of services are replaced`() {
        for prefix in ["ghp_", "hf_", "glpat-", "sk_live_", "AIza"] {
            let token = prefix + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
            #expect(Redaction.redacted("no access for \(token).") == "no access for ***.", "\(prefix)")
        }
    }

    /// Texts in which something begins at every place.
    @Test(arguments: [
        "a", "http://", "http://a:b", "http://a/?", "http://a:b/@", "glpat-",
        "glpat-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "token=", "token=a=", "password=", "password:", "\"", "ey", "ey-", "eyJhbGciOiJIUzI1NiJ9.", "bearer ", "basic ",
        "1Q~",
        "-----BEGIN PRIVATE KEY", "-----BEGIN ", "aA", "AKIA", "a_", "--token ", "12345678:AA", "SG.", "pwd=x",
        "\u{202E}é",
    ])
    func `the time is linear in the length`(_ piece: String) {
        func time(_ length: Int) -> Int {
            let text = String(repeating: piece, count: length / piece.utf8.count)
            return (0..<3).map { _ in
                let start = processorTime()
                _ = Redaction.redacted(text)
                return processorTime() - start
            }.reduce(Int.max, min)
        }
        let (short, long) = (time(20_000), time(160_000))
        // Eight times as much; squared it were 64 times.
        #expect(long < max(short, 2_000_000) * 24, "\(short) and \(long) ns")
    }

    /// The processor time of this thread in nanoseconds: other tests run beside this one.
    private func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
