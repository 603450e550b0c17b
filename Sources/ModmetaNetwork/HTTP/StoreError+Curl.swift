internal import CCurl
internal import ModmetaStore

extension StoreError {
    /// Describes a transfer that libcurl could not carry out.
    static func failed(_ code: CURLcode, _ transfer: CurlTransfer) -> StoreError {
        let told = transfer.errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let text =
            told.isEmpty
            ? modmeta_curl_easy_strerror(transfer.library.functions, code).map { String(cString: $0) } ?? "error"
            : String(decoding: told.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
        let place = "\(transfer.address)"
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS:
            return StoreError(
                .denied,
                "\(place) does not prove who it is: \(text); where its certificate comes from an authority of your "
                    + "own, name that in http.sslCAInfo, or for a bucket in AWS_CA_BUNDLE")
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_CIPHER:
            return StoreError(
                .denied,
                "cannot use the certificates configured for \(place): \(text); check http.sslCAInfo, "
                    + "http.sslCert and http.sslKey")
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            return StoreError(.invalidURL, "cannot send a request to \(place): \(text)")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            return StoreError(.system, "cannot send a request to \(place): \(text)")
        case CURLE_OPERATION_TIMEDOUT:
            return StoreError(.unavailable, "\(place) fell silent: \(text)")
        default:
            return StoreError(.unavailable, "cannot reach \(place): \(text)")
        }
    }
}
