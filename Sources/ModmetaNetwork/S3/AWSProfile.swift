internal import ModmetaStore

/// One profile of the AWS tools' files.
struct AWSProfile {
    let name: String
    let configPath: String
    let credentialsPath: String
    private let config: AWSProfileFile
    private let settings: [String: String]
    private let secrets: [String: String]

    /// Whether one of the files has a section for it.
    let exists: Bool

    /// Reads the files that the environment names, or those in the home directory; absent ones are empty.
    init(_ name: String, environment: [String: String]) throws {
        let home = environment["HOME"] ?? ""
        let path = { (variable: String, standard: String) in
            let named = environment[variable] ?? ""
            let path = named.isEmpty ? "~/.aws/\(standard)" : named
            return path.hasPrefix("~/") ? home + path.dropFirst() : path
        }
        self.name = name
        configPath = path("AWS_CONFIG_FILE", "config")
        credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        config = try AWSProfile.read(configPath)
        let credentials = try AWSProfile.read(credentialsPath)
        let section = config.sections["profile \(name)"] ?? (name == "default" ? config.sections["default"] : nil)
        settings = section ?? [:]
        secrets = credentials.sections[name] ?? [:]
        exists = section != nil || credentials.sections[name] != nil
    }

    private static func read(_ path: String) throws -> AWSProfileFile {
        do {
            let file = try UploadedFile(path)
            guard file.size <= UInt64(AWSProfileFile.byteLimit) else {
                throw StoreError(.corrupt, "\(path) has more than \(AWSProfileFile.byteLimit) bytes")
            }
            return AWSProfileFile(parsing: String(decoding: try file.readAll(), as: UTF8.self))
        } catch let error as StoreError where error.code == .missing {
            return AWSProfileFile()
        }
    }

    /// A setting that says something.
    subscript(key: String) -> String? {
        settings[key].flatMap { $0.isEmpty ? nil : $0 } ?? secrets[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The endpoint for S3 in the section `services` that the profile names.
    var serviceEndpoint: String? {
        self["services"].flatMap { config.sections["services \($0)"]?["s3.endpoint_url"] }
    }

    /// The keys of the credentials file, else those of the configuration; nil where there are none.
    func credentials() throws -> S3Credentials? {
        for section in [secrets, settings] {
            if let accessKey = section["aws_access_key_id"], let secretKey = section["aws_secret_access_key"] {
                return S3Credentials(
                    accessKey: accessKey, secretKey: secretKey, sessionToken: section["aws_session_token"])
            }
        }
        for key in ["credential_process", "role_arn", "sso_session", "sso_start_url", "web_identity_token_file"]
        where self[key] != nil {
            throw StoreError(
                .unsupported,
                "the AWS profile \"\(name)\" gets its credentials by \(key), which modmeta leaves to the AWS tools; run "
                    + "`eval \"$(aws configure export-credentials --profile \(name) --format env)\"` and give the same "
                    + "command again")
        }
        return nil
    }
}
