/// One request, as the thread that drives libcurl takes it over.
struct CurlJob: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        var response: HTTPResponse
        /// Where the server sends the client on to, made absolute; nil where it does not.
        var redirect: String?
    }

    var request: HTTPRequest
    var settings: HTTPSettings
    /// Takes the body of a successful answer.
    var body: ReceivedBody
    var limit: UInt64
    /// Counts what goes over the network.
    var traffic: NetworkTraffic
    /// Called exactly once, after libcurl let go of everything the request refers to.
    var finish: @Sendable (Result<Outcome, any Error>) -> Void
}
