import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Testing

@Suite struct S3ConfigurationTests {
    private static let config = """
        # a comment
        [default]
        region = eu-central-1
        [profile  lab]
        region=eu-west-1  ; the lab's
        endpoint_url = http://lab:9000
        ca_bundle = /lab.pem
        services = labs
        s3 =
          addressing_style = virtual
          max_concurrent_requests = 20
        output = json
        [profile sso]
        sso_session = x
        [profile keys]
        aws_access_key_id = CONFIG
        aws_secret_access_key = c
        [profile path]
        s3 =
            addressing_style = path
        [services labs]
        dynamodb =
          endpoint_url = http://no
        s3 =
          endpoint_url = http://lab-s3:9000
        """
    private static let credentials = """
        [default]
        aws_access_key_id = DEFAULT
        aws_secret_access_key = d/e+f=
        [lab]
        aws_access_key_id=LAB
        aws_secret_access_key=l
        aws_session_token=t
        """

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var environment: [String: String] = [:]
        var expected: @Sendable (inout S3Configuration) -> Void
    }

    @Test(arguments: [
        Case(testDescription: "the default profile") {
            $0.region = "eu-central-1"
            $0.credentials = S3Credentials(accessKey: "DEFAULT", secretKey: "d/e+f=")
        },
        Case(testDescription: "a named profile", environment: ["AWS_PROFILE": "lab"]) {
            $0.region = "eu-west-1"
            $0.credentials = S3Credentials(accessKey: "LAB", secretKey: "l", sessionToken: "t")
            $0.endpoint = "http://lab-s3:9000"
            $0.addressing = .virtual
            $0.authorityFile = "/lab.pem"
        },
        Case(
            testDescription: "the environment goes before",
            environment: [
                "AWS_PROFILE": "lab", "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "e", "AWS_REGION": "r",
                "AWS_DEFAULT_REGION": "no", "AWS_ENDPOINT_URL": "http://all", "AWS_CA_BUNDLE": "/env.pem",
            ]
        ) {
            $0.credentials = S3Credentials(accessKey: "ENV", secretKey: "e")
            $0.region = "r"
            $0.endpoint = "http://all"
            $0.addressing = .virtual
            $0.authorityFile = "/env.pem"
        },
        Case(
            testDescription: "S3's own endpoint goes before",
            environment: [
                "AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3", "AWS_DEFAULT_REGION": "d",
                "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "e", "AWS_SESSION_TOKEN": "t",
            ]
        ) {
            $0.credentials = S3Credentials(accessKey: "ENV", secretKey: "e", sessionToken: "t")
            $0.region = "d"
            $0.endpoint = "http://s3"
        },
        Case(
            testDescription: "endpoints can be ignored",
            environment: ["AWS_PROFILE": "lab", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]
        ) {
            $0.region = "eu-west-1"
            $0.credentials = S3Credentials(accessKey: "LAB", secretKey: "l", sessionToken: "t")
            $0.addressing = .virtual
            $0.authorityFile = "/lab.pem"
        },
        Case(testDescription: "keys in the configuration", environment: ["AWS_PROFILE": "keys"]) {
            $0.credentials = S3Credentials(accessKey: "CONFIG", secretKey: "c")
        },
        Case(testDescription: "nobody", environment: ["AWS_PROFILE": "path"]) { $0.addressing = .path },
    ])
    func resolves(_ sample: Case) throws {
        let directory = try TemporaryDirectory()
        try directory.make(".aws")
        try directory.write(".aws/config", Array(Self.config.utf8))
        try directory.write("secrets", Array(Self.credentials.utf8))
        var environment = sample.environment
        environment["HOME"] = directory.path
        environment["AWS_SHARED_CREDENTIALS_FILE"] = "~/secrets"
        var expected = S3Configuration()
        sample.expected(&expected)
        #expect(try S3Configuration(environment: environment) == expected)
        environment["AWS_PROFILE"] = "absent"
        environment["AWS_ACCESS_KEY_ID"] = nil
        #expect(throws: StoreError.self) { try S3Configuration(environment: environment) }
        environment["AWS_PROFILE"] = "sso"
        do {
            _ = try S3Configuration(environment: environment)
            Issue.record("credentials that only the AWS tools can get were not missed")
        } catch let error as StoreError {
            #expect(error.code == .unsupported && error.message.contains("aws configure export-credentials"))
        }
    }

    @Test func withoutFilesEverythingIsDefault() throws {
        let directory = try TemporaryDirectory()
        #expect(try S3Configuration(environment: ["HOME": directory.path]) == S3Configuration())
        #expect(throws: StoreError.self) { try S3Configuration(environment: ["AWS_ENDPOINT_URL": "lab:9000"]) }
    }
}
