import Testing

@testable import ModmetaSnapshots

/// What a snapshot must not keep, and what it must keep without alarm.
@Suite struct SecretScanTests {
    // Put together from parts, so that other scanners do not find them here.
    private static let letters = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fD3hJ6kL9"
    private static let small = "qwertyuiopasdfghjklzxcvbnmqwertyuiopas"
    private static let hex = "0123456789abcdef0123456789abcdef01234567"
    private static let hex64 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    private static let base64 =
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzzzzzzKEYwJalrXUtnFEMI/K7MDENG+bPxRfiCYzzzzzzKEYabcdefgh=="
    private static let jwt =
        "eyJ"
        + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

    private static let texts: [String] = [
        // Tokens of services.
        "hf_" + small, "api_org_" + small, "token=gh" + "p_" + letters, "gh" + "o_" + letters, "gh" + "s_" + letters,
        "github_" + "pat_" + letters + "_" + letters, "gl" + "pat-" + letters.prefix(20),
        "gl" + "dt-" + letters.prefix(20),
        "AK" + "IAABCDEFGHIJKLMNOP", "AS" + "IA1234567890ABCDEF", "AI" + "za" + letters.prefix(35),
        "np" + "m_" + letters.prefix(36),
        "py" + "pi-AgEIcHlwaS5vcmc" + letters + letters, "xo" + "xb-123456789012-123456789012-" + letters.prefix(24),
        "xo" + "xp-123456789012-123456789012-123456789012-" + hex.prefix(32), "xap" + "p-1-A012-345-" + hex,
        "sk_" + "live_" + letters, "rk_" + "live_" + letters, "sk_" + "test_" + letters, "whs" + "ec_" + letters,
        "sk-" + letters, "sk-" + "proj-" + letters + "_T3BlbkFJ" + letters,
        "sk-" + "ant-api03-" + letters + letters + "AA",
        "SG" + "." + letters.prefix(22) + "." + letters + "abcd", "dop" + "_v1_" + hex64,
        "shp" + "at_" + hex.prefix(32),
        "dapi" + hex.prefix(32), "hv" + "s." + letters + letters, "GOC" + "SPX-" + letters, "ya2" + "9." + letters,
        "12345678:AA" + letters, "nv" + "api-" + letters + letters, "r8" + "_" + letters.prefix(37), jwt,
        "gs" + "k_" + letters + letters,
        "https://hooks.slack" + ".com/services/T00000000/B11111111/" + letters.prefix(24),
        "https://discord.com/api/web" + "hooks/123456789012345678/" + letters, "abc8Q~" + letters.prefix(34),
        // URLs.
        "https://user:pass@host/path", "https://\(letters)@github.com/a/b.git", "modmeta::https://u:s3cret@host/x",
        "postgres://app:hunter2@db:5432/x", "mongodb+srv://me:pw@cluster/x", "redis://:s3cret@cache:6379/0",
        "https://gh" + "p_\(letters):x-oauth-basic@github.com/a", "https://\(hex.prefix(32))@o1.ingest.sentry.io/2",
        // Headers, connection strings, assignments.
        "Authorization: Bearer \(letters)", "curl -H 'Authorization: Basic dXNlcjpwYXNzd29yZA=='",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=\(base64)", "Server=db;User Id=sa;Password=hunter2;",
        "BlobEndpoint=https://x;SharedAccessSignature=sv=2022-11-02&sig=abc",
        "Endpoint=sb://x/;SharedAccessKey=\(letters)=",
        "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "PGPASSWORD=letmein psql",
        "MYSQL_PWD='hunter2'",
        "run --api-key \(letters) --epochs 3", "--password=hunter2", "{\"client_secret\": \"\(letters)\"}",
        "wandbApiKey: \(hex)",
        "https://s3.x/k?X-Amz-Signature=\(hex64)", "https://x.blob.core.windows.net/c?sv=1&sig=\(letters)%3D",
        "password: hunter2", "-----BEGIN RSA PRIVATE KEY-----\nabc", "-----BEGIN OPENSSH PRIVATE KEY-----",
        "GITLAB_TOKEN=\(letters)",
        // Options of programs, and files of theirs.
        "curl -u admin:hunter2 https://h/x", "curl -sS -uadmin:hunter2 https://h", "curl --user=admin:hunter2 h",
        "/usr/bin/curl -X POST \\\n --proxy-user 'me:hunter2' h", "http -a me:hunter2 h/x", "lftp -u me,hunter2 h",
        "mysql -u root -phunter2 db", "mysqldump --all -phunter2", "sshpass -p hunter2 ssh h",
        "sshpass -phunter2 ssh h",
        "docker login -u me -p hunter2 registry", "az login -u me -p hunter2", "redis-cli -h h -a hunter2",
        "mongosh -u me -p hunter2", "unzip -P hunter2 a.zip", "7z x -phunter2 a.7z", "sqlcmd -S h -U sa -P hunter2",
        "ldapsearch -D cn=x -w hunter2", "smbclient -U me%hunter2 //h/x", "openssl enc -pass pass:hunter2",
        "machine h login u password hunter2", "machine h\n  login u\n  password correcthorse\n",
        "machine h password hunter2 login u", "KAGGLE_KEY=\(hex.prefix(32))",
        "kaggle {\"username\":\"u\",\"key\":\"\(hex.prefix(32))\"}",
        "{\"key\": \"\(hex.prefix(32))\", \"username\": \"u\"}",
    ]

    private static let named: [(String, DocumentValue)] = [
        ("hub_token", "something-long"), ("wandb_api_key", "0123456789"), ("WANDB-API-KEY", .string(hex)),
        ("PGPASSWORD", "hunter2"), ("MYSQL_PWD", "hunter2"), ("dbPassword", "hunter2"),
        ("openaiApiKey", "abcdef012345"),
        ("OPENAI_APIKEY", "abcdef012345"), ("ApiKey", "abcdef012345"), ("api-key", "abcdef012345"),
        ("GITLAB_TOKEN", "abcdef012345"),
        ("CI_JOB_TOKEN", "abcdef012345"), ("DJANGO_SECRET", "abcdef012345"), ("client_secret", "abcdef012345"),
        ("aws_secret_access_key", .string(letters)), ("secretAccessKey", .string(letters)),
        ("ssh_passphrase", "correct horse"),
        ("credentials", "abc123def456"), ("session_cookie", "abc123def456"), ("private_key", "abcdef012345"),
        ("AZURE_STORAGE_ACCOUNT_KEY", .string(base64)), ("db_password_prod", "hunter2"), ("api_key_2", "abcdef012345"),
        ("smtp_pass", "hunter2"), ("github_pat", "abcdef012345"), ("token", .string(letters)),
        ("my_token", .string(letters)),
        ("authorization", .string(letters)), ("password", 12_345_678), ("api_keys", ["abcdef012345"]),
        ("signing-key", "abcdef012345"),
    ]

    @Test(arguments: texts)
    func `finds secrets in text`(_ text: String) { refuses(["x": ["y": .string(text)]]) }

    @Test(arguments: texts)
    func `finds secrets in the middle of text`(_ text: String) {
        refuses(["notes": .string("run with\n  \(text)\n and see")])
    }

    @Test(arguments: named.indices)
    func `finds secrets by their names`(_ index: Int) {
        refuses(["x": .object([.init(Self.named[index].0, Self.named[index].1)])])
    }

    @Test(
        arguments: [
            ["AK" + "IAABCDEFGHIJKLMNOP": 1], ["args": ["train.py", "--hf-token", "abcdef012345"]],
            ["env": [["name": "PGPASSWORD", "value": "hunter2"]]],
            ["username": "u", "key": .string(String(hex.prefix(32)))],
        ] as [DocumentValue])
    func `finds secrets in other places`(_ value: DocumentValue) { refuses(value) }

    private func refuses(_ value: DocumentValue) {
        let error = #expect(throws: SnapshotError.self, "\(value)") { try SecretScan.check(value, "train.yaml") }
        #expect(error?.code == .secret)
        #expect(error?.message.contains("hunter2") == false && error?.message.contains(Self.letters) == false)
    }

    private static let harmlessTexts: [String] = [
        // Hashes, ids, encodings.
        hex, hex64, "sha256:" + hex64, "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
        "d41d8cd98f00b204e9800998ecf8427e",
        "550e8400-e29b-41d4-a716-446655440000", "z6bf7e21@0a1b2c3d", "SGVsbG8sIHdvcmxkIQ==", base64,
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG",
        // Paths and URLs.
        "/data/runs/2024-05-22/\(hex)/model.safetensors", "checkpoints/v20240522-1430",
        "s3://bucket/prefix/key=value/part-0001",
        "https://huggingface.co/meta-llama/Meta-Llama-3-8B-Instruct", "https://host:8080/a@b", "https://user@host/path",
        "modmeta::https://user@host/path", "ssh://git@github.com/a/b.git", "git@github.com:a/b.git",
        "file:///mnt/models/qa",
        "https://first.last@dev.azure.com/org/x", "https://$TOKEN@host/x", "https://user:${PASSWORD}@host/x",
        "https://user:***@host/x",
        "https://x/y?page=2&sort=name", "https://github.com/a/b/commit/\(hex)", "~/.cache/huggingface/token",
        "http://[::1]:8080/v1",
        // Models, packages, words.
        "meta-llama/Meta-Llama-3-8B-Instruct", "risk-averse-and-very-long-words", "sk-learn-1.5.2",
        "task-sk-learn-experiments-with-words",
        "sk-short", "hf_xet", "hf_transfer>=0.1.8", "bearer of bad news and good ones",
        "Basic authentication is enough",
        "the password: required for all users", "tokens: 1500000000", "max_new_tokens=512", "pad_token=<pad>",
        "eos_token: </s>",
        "learning_rate=2e-4", "key: value", "NVIDIA A100-SXM4-80GB", "Python 3.11.9", "2024-05-22T14:30:00Z",
        "lora-r16-alpha32",
        "password=${DB_PASSWORD}", "api_key=<your key>", "HF_TOKEN=$HF_TOKEN", "see https://docs.x.io/auth#token",
        "AKIA",
        "pwd=/home/me/run", "import os; os.environ['HF_TOKEN']", "token_type_ids,attention_mask,input_ids",
        "git log --oneline -- a",
        "eyJ", "ghp_", "glpat-", "a.b.c.d.e.f.g", "model.layers.0.self_attn.q_proj.weight",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "--api-key --verbose", "modmeta fetch v1 --to dir",
        "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        // Options that are no passwords, or stand for one.
        "curl -u admin:$PASSWORD h", "curl -u admin: h", "curl -u admin h", "curl -u ${USER}:${PASS} h",
        "python -u a:b123456",
        "curl -H accept:application/json h", "curl h | sort -u a:hunter2", "curl h; mkdir -p run-12345678",
        "mysql -u root -p models_2024", "mysql -p", "mysql --port=33061234", "ssh -p 2222 host",
        "mkdir -p checkpoints/v20240522",
        "docker run -p 127.0.0.1:8080:80 image", "docker run --rm -p 18080123:80", "sshpass -p $PASS ssh h",
        "sshpass -e ssh h",
        "openssl enc -pass env:MY_PASSWORD", "openssl enc -pass file:/run/secrets/x",
        "machine learning and password safety",
        "login page password authentication", "the http header -a option", "redis-cli -h localhost123 -n 1",
        "{\"key\": \"\(hex.prefix(32))\"}", "username and key \(hex)", "unzip -q model-00001-of-00002.zip",
        "zip -r a.zip run12345",
    ]

    private static let harmlessNamed: [(String, DocumentValue)] = [
        ("bos_token", "<|begin_of_text|>"), ("eos_token", "</s>"), ("pad_token", "[PAD]"), ("unk_token", "<unk>"),
        ("image_token", "IMG_CONTEXT_0123456789"), ("token_type_ids", [0, 1]), ("max_new_tokens", 512),
        ("num_tokens", "1500000000"),
        ("mask_token", "<mask>"), ("hub_token", "<HUB_TOKEN>"), ("hub_token", .null), ("api_key", "${API_KEY_OF_X}"),
        ("api_key", "OPENAI_API_KEY"), ("api_key", "os.environ/OPENAI_API_KEY"), ("api_key", "your-api-key-here"),
        ("password", ""),
        ("password", "none"), ("password", .null), ("password", .bool(true)), ("token", .bool(true)),
        ("use_auth_token", .bool(false)),
        ("secret_santa", "Bob the builder 2024"), ("password_file", "/run/secrets/db"),
        ("private_key", "/home/me/.ssh/id_ed25519"),
        ("credentials", "/etc/gcp/key.json"), ("credentials", "application_default"), ("cookie", .bool(true)),
        ("key", .string(hex)),
        ("cache_key", .string(hex64)), ("primary_key", "user_id_2024"), ("commit", .string(hex)),
        ("sha256", .string(hex64)),
        ("revision", .string(hex)), ("seed", 42), ("license_key", "apache-2.0"), ("PWD", "/home/me/run"),
        ("OLDPWD", "/home/me/run"),
        ("tokenizer", "meta-llama/Llama-3"), ("keys", ["a", "b"]), ("target_modules", ["q_proj", "v_proj"]),
        ("pass", "forward"),
        ("num_passes", 3), ("authors", "A. Person"), ("auth", "basic"), ("imagePullSecret", "regcred-prod"),
        ("dataset_token_count", "123456789"),
        ("signature", .string(hex64)), ("token_dropout", 0.1), ("secret_name", "prod-database"),
        ("passthrough", "everything"),
    ]

    @Test(arguments: harmlessTexts)
    func `takes harmless text`(_ text: String) throws { try SecretScan.check(["x": .string(text)], "train.yaml") }

    @Test(arguments: harmlessNamed.indices)
    func `takes harmless values by any name`(_ index: Int) throws {
        try SecretScan.check(
            ["x": .object([.init(Self.harmlessNamed[index].0, Self.harmlessNamed[index].1)])], "train.yaml")
    }
}
