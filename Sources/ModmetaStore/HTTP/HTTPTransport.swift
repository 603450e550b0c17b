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

    /// Sends a request; the body of a successful answer, of at most `limit` bytes, is written to an open file.
    ///
    /// What the file holds after an error is undefined. The body of an unsuccessful answer is returned, cut short.
    ///
    /// - Parameters:
    ///   - descriptor: a regular file open for writing; the caller closes it.
    ///   - offset: where in the file the body begins.
    func download(
        _ request: HTTPRequest, to descriptor: CInt, at offset: UInt64, limit: UInt64
    ) async throws -> HTTPResponse
}
