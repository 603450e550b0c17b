internal import CCurl
internal import Glibc
internal import ModmetaFormats

/// A request in flight, which libcurl's callbacks read from and write to; it never leaves the driving thread.
final class CurlTransfer {
    /// The most bytes all fields of an answer may have.
    static let headerLimit = 128 << 10
    /// What is kept of the body of an answer that is no success.
    static let failureBodyLimit = 64 << 10

    let job: CurlJob
    let library: CurlLibrary
    let easy: UnsafeMutableRawPointer
    let address: HTTPAddress
    /// The fields in libcurl's form.
    var fieldList: UnsafeMutablePointer<curl_slist>?
    /// libcurl writes here what went wrong.
    let errorText = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// What we broke the transfer off for.
    private(set) var failure: (any Error)?

    private var source: UploadSource
    private var status = 0
    private var fields: [HTTPField] = []
    private var isHeaderComplete = false
    private var headerLength = 0
    /// The body of an answer that is no success.
    private var refusal: [UInt8] = []
    /// Whether the body of an answer that is no success was longer than what is kept.
    private var isCutShort = false

    init(_ job: CurlJob, library: CurlLibrary) throws {
        guard let address = HTTPAddress(job.request.url), address.userInfo == nil else {
            throw StoreError(.invalidURL, "a request's URL is not an absolute http or https URL without a password")
        }
        guard let easy = modmeta_curl_easy_init(library.functions) else {
            throw StoreError(.system, "cannot send a request to \(address): libcurl is out of memory")
        }
        self.job = job
        self.library = library
        self.easy = easy
        self.address = address
        source = UploadSource(job.request.body)
        errorText.initialize(repeating: 0)
        try source.open()
        try setOptions(uploadSize: source.size)
    }

    deinit {
        modmeta_curl_easy_cleanup(library.functions, easy)
        if let fieldList { modmeta_curl_list_free(library.functions, fieldList) }
        errorText.deallocate()
    }

    /// Gives the next bytes of the request's body; CURL_READFUNC_ABORT where they cannot be had.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        do {
            let count = try source.read(into: buffer)
            job.traffic.add(sent: count)
            return count
        } catch {
            failure = error
            return Int(CURL_READFUNC_ABORT)
        }
    }

    /// Goes back in the request's body, as libcurl does when an idle connection turns out to be closed.
    func seek(to offset: UInt64) -> Bool { source.seek(to: offset) }

    /// Takes a line of the answer's header; false breaks the transfer off.
    func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        headerLength += bytes.count
        guard headerLength <= CurlTransfer.headerLimit else {
            failure = StoreError(
                .corrupt, "the answer of \(address) has a header of more than \(CurlTransfer.headerLimit) bytes")
            return false
        }
        var line = String(decoding: bytes, as: UTF8.self)[...]
        while let last = line.unicodeScalars.last, last == "\r" || last == "\n" { line.unicodeScalars.removeLast() }
        if line.hasBytePrefix("HTTP/") {
            // Another answer begins: what came before was one of a proxy, or an interim one.
            status = line.utf8.split(separator: 0x20).dropFirst().first.flatMap { Int(Substring($0)) } ?? 0
            fields = []
            isHeaderComplete = false
        } else if line.isEmpty {
            // What ends fields after a body begins no body.
            guard !isHeaderComplete else { return true }
            isHeaderComplete = true
            return beginsBody()
        } else if !isHeaderComplete, let field = HTTPField(line: line) {
            fields.append(field)
        }
        return true
    }

    private var isSuccess: Bool { (200..<300).contains(status) }

    private func beginsBody() -> Bool {
        guard isSuccess, job.request.method != "HEAD" else { return true }
        return passes {
            try job.body.begin(HTTPResponse(status: status, fields: fields), limit: job.limit, from: "\(address)")
        }
    }

    /// Takes bytes of the answer's body; false breaks the transfer off.
    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        job.traffic.add(received: bytes.count)
        guard isSuccess else {
            refusal.append(contentsOf: bytes.prefix(CurlTransfer.failureBodyLimit - refusal.count))
            isCutShort = refusal.count == CurlTransfer.failureBodyLimit
            return !isCutShort
        }
        return passes { try job.body.append(bytes, limit: job.limit, from: "\(address)") }
    }

    /// Whether something can be done; what is wrong otherwise is what the transfer is broken off for.
    private func passes(_ step: () throws -> Void) -> Bool {
        do {
            try step()
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Hands over what came of the transfer, once libcurl is done with it.
    func end(_ code: CURLcode) {
        if let failure {
            job.finish(.failure(failure))
        } else if code == CURLE_OK, !isHeaderComplete || status < 200 {
            // libcurl takes what it has got for all there is.
            job.finish(
                .failure(StoreError(.unavailable, "cannot reach \(address): its answer broke off in the header")))
        } else if code == CURLE_OK || isCutShort {
            var redirect: UnsafePointer<CChar>?
            modmeta_curl_get_string(library.functions, easy, CURLINFO_REDIRECT_URL, &redirect)
            job.finish(
                .success(
                    CurlJob.Outcome(
                        response: HTTPResponse(status: status, fields: fields, body: refusal),
                        redirect: redirect.map { String(cString: $0) })))
        } else {
            job.finish(.failure(StoreError.failed(code, self)))
        }
    }
}
