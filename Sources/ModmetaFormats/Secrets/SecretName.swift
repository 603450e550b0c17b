/// What the name of a setting says about its value.
package enum SecretName {
    /// How sure it is that a value with the name is a secret.
    package enum Kind: Sendable {
        /// It is a password, if it is filled in.
        case password
        /// It is a key or token of a service, if it is filled in.
        case key
        /// It may be a secret, or say how one is found.
        case credential
        /// It is a token: of a service, or one of those that tokenizers are full of.
        case token
    }

    /// Longer names are no names of settings.
    static let byteLimit = 128

    /// The kind of a name in any spelling (`api_key`, `api-key`, `apiKey`, `API_KEY`); nil for one that has no secrets.
    package static func kind(of name: some Collection<UInt8>) -> Kind? {
        guard name.count <= byteLimit else { return nil }
        var words = words(in: name)
        while let last = words.last, words.count > 1, qualifiers.contains(last) || last.allSatisfy(\.isNumber) {
            words.removeLast()
        }
        guard let last = words.last else { return nil }
        let before = words.count > 1 ? words[words.count - 2] : ""
        if passwordEnds.contains(where: { last.hasSuffix($0) }) || last == "pwd" && !before.isEmpty && before != "old" {
            return .password
        }
        if last == "secret" || last == "secrets" { return before == "pull" ? nil : .password }
        if last == "pass", passOwners.contains(before) { return .password }
        if keyEnds.contains(where: { last.hasSuffix($0) }) { return .key }
        if last == "key" || last == "keys" {
            return keyWords.contains(before) ? .key : weakKeyWords.contains(before) ? .token : nil
        }
        if last == "token" || last == "pat" {
            if words.dropLast().contains(where: tokenOwners.contains) { return .key }
            return last == "token" && !words.contains(where: tokenizerWords.contains) ? .token : nil
        }
        if last == "signature", before == "amz" || before == "goog" || before == "access" { return .key }
        if ["cookie", "cookies", "credential", "credentials", "creds"].contains(last) { return .credential }
        return ["auth", "authorization", "bearer", "sig", "webhook"].contains(last) ? .token : nil
    }

    private static let passwordEnds = ["password", "passwd", "passphrase", "passcode", "passwort"]
    private static let passOwners: Set<String> = [
        "db", "database", "smtp", "imap", "mail", "email", "user", "ftp", "sftp", "http", "https", "proxy", "basic",
        "root",
        "admin", "mysql", "pg", "postgres", "redis", "mongo", "ssh", "login", "registry", "docker",
    ]
    private static let keyEnds = [
        "apikey", "secretkey", "accesskey", "privatekey", "accountkey", "authkey", "authtoken", "accesstoken",
        "apitoken",
        "clientsecret", "hftoken", "hubtoken", "bearertoken", "sessiontoken", "refreshtoken",
    ]
    private static let keyWords: Set<String> = [
        "api", "access", "secret", "private", "account", "auth", "encryption", "signing", "master", "subscription",
        "hmac",
        "jwt",
    ]
    /// Keys that may be names as well.
    private static let weakKeyWords: Set<String> = [
        "storage", "shared", "deploy", "ssh", "service", "license", "app", "application", "admin", "server", "webhook",
        "client", "user", "project", "wandb", "openai", "azure", "google", "kaggle",
    ]
    private static let tokenOwners: Set<String> = [
        "access", "auth", "api", "bearer", "refresh", "session", "hf", "hub", "huggingface", "github", "gh", "gitlab",
        "bitbucket", "bot", "slack", "discord", "telegram", "npm", "pypi", "wandb", "mlflow", "comet", "neptune",
        "clearml",
        "swanlab", "kaggle", "deploy", "registry", "personal", "secret", "oauth", "jwt", "vault", "consul", "sas",
        "security", "service", "app", "ci", "job", "runner", "docker", "azure", "ado", "devops", "aws", "gcp", "google",
        "openai", "anthropic", "sentry", "replicate", "cohere", "circleci", "codecov", "sonar", "databricks", "twilio",
        "webhook", "upload", "admin", "modelscope", "ngrok", "csrf", "account", "login", "private", "client",
        "telegraph",
    ]
    /// Words of tokens that stand in a vocabulary.
    private static let tokenizerWords: Set<String> = [
        "pad", "eos", "bos", "unk", "sep", "cls", "mask", "image", "video", "audio", "vision", "start", "end", "begin",
        "prompt", "instruction", "system", "special", "stop", "text", "prefix", "suffix", "middle", "fim", "boi", "eoi",
        "tool", "assistant", "user", "human", "decoder", "forced", "additional", "max", "min", "num", "new", "label",
        "blank", "padding", "class", "response", "speech", "box", "object", "think", "thought", "eot", "eom", "sot",
    ]
    /// Words after a name that change nothing.
    private static let qualifiers: Set<String> = [
        "value", "plain", "plaintext", "b64", "base64", "prod", "production", "dev", "staging", "test", "live",
        "default",
        "old", "new", "current", "v1", "v2", "v3", "primary", "secondary",
    ]

    /// The words of a name in lower case, divided at signs, and where small letters are followed by capitals.
    static func words(in name: some Collection<UInt8>) -> [String] {
        let bytes = Array(name)
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self).lowercased()) }
            word = []
        }
        for (index, byte) in bytes.enumerated() {
            guard isLetter(byte) || (0x30...0x39).contains(byte) else {
                end()
                continue
            }
            // apiKey, and APIKey: a capital before a small letter begins a word.
            let isCapital = (0x41...0x5a).contains(byte)
            if isCapital, let last = word.last {
                let isNextSmall = index + 1 < bytes.count && (0x61...0x7a).contains(bytes[index + 1])
                if !(0x41...0x5a).contains(last) || isNextSmall { end() }
            }
            word.append(byte)
        }
        end()
        return words
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
