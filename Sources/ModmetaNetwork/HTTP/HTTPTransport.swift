/// Sends requests and waits for the answers; any number at the same time.
///
/// Obligations of every transport:
/// - An answer is whole: a body that ends before its announced length is an error.
/// - A request is sent once. Who calls decides what is sent again, by `RetryPolicy`.
/// - The body of an answer that is no success is no error, however long: what is kept of it is at most 64 KiB.
/// - **Errors.** `StoreError.Code.unavailable` where the server cannot be reached, falls silent or breaks off, `.denied`
///   where it does not prove who it is, `.corrupt` where a body is larger than allowed. A status is no error.
public protocol HTTPTransport: Sendable {
    /// Sends a request; the answer's body has at most `limit` bytes.
    func send(_ request: HTTPRequest, limit: Int) async throws -> HTTPResponse

    /// Sends a request; the body of a successful answer goes to `body`, which then has at most `limit` bytes.
    ///
    /// What arrived before an error is in `body` too. The body of an unsuccessful answer is returned, cut short.
    ///
    /// - Parameter request: has the fields that `body` names, if it asks for the rest of something.
    func receive(_ request: HTTPRequest, into body: ReceivedBody, limit: UInt64) async throws -> HTTPResponse
}
