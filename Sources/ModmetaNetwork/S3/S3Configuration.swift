internal import ModmetaStore

/// Where an S3 service is and who asks it, configured as for the AWS command line.
///
/// The variables and keys: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html and
/// https://docs.aws.amazon.com/cli/latest/topic/s3-config.html. The environment goes before the profile; the profile is
/// `AWS_PROFILE` or `default`.
public struct S3Configuration: Hashable, Sendable {
    /// How a bucket is named in a URL.
    public enum Addressing: String, Hashable, Sendable {
        /// `https://host/bucket/key`.
        case path
        /// `https://bucket.host/key`.
        case virtual
    }

    /// What requests are signed with; nil to read as anybody.
    public var credentials: S3Credentials?
    /// The region.
    public var region = "us-east-1"
    /// The service's URL; nil for AWS.
    public var endpoint: String?
    /// How a bucket is named in a URL; nil for what suits the endpoint.
    public var addressing: Addressing?
    /// A file of certificates to trust; nil for what HTTP is configured with.
    public var authorityFile: String?

    /// Creates a configuration for AWS without credentials.
    public init() {}

    /// Reads the environment, and the profile where there is one.
    ///
    /// - Throws: `StoreError.Code.unsupported` where a profile gets its credentials in a way that is not known here,
    ///   `.missing` where `AWS_PROFILE` names no profile.
    public init(environment: [String: String]) throws {
        let variable = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let named = variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE")
        let profile = try AWSProfile(named ?? "default", environment: environment)
        if let accessKey = variable("AWS_ACCESS_KEY_ID"), let secretKey = variable("AWS_SECRET_ACCESS_KEY") {
            credentials = S3Credentials(
                accessKey: accessKey, secretKey: secretKey, sessionToken: variable("AWS_SESSION_TOKEN"))
        } else {
            if let named, !profile.exists {
                throw StoreError(
                    .missing,
                    "AWS_PROFILE names the profile \"\(named)\", which is neither in \(profile.configPath) nor in "
                        + "\(profile.credentialsPath); run `aws configure --profile \(named)` or unset AWS_PROFILE")
            }
            credentials = try profile.credentials()
        }
        region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile["region"] ?? region
        if variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased() != "true" {
            endpoint =
                variable("AWS_ENDPOINT_URL_S3") ?? variable("AWS_ENDPOINT_URL") ?? profile.serviceEndpoint
                ?? profile["endpoint_url"]
        }
        addressing = profile["s3.addressing_style"].flatMap { Addressing(rawValue: $0) }
        authorityFile = variable("AWS_CA_BUNDLE") ?? profile["ca_bundle"]
        if let endpoint, HTTPAddress(endpoint) == nil {
            throw StoreError(
                .invalidURL,
                "the endpoint configured for S3 is no http or https URL; check AWS_ENDPOINT_URL and the "
                    + "profile's endpoint_url")
        }
    }
}
