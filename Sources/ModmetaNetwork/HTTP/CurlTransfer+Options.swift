internal import CCurl
internal import Glibc
internal import ModmetaStore

extension CurlTransfer {
    /// Tells libcurl all about the request.
    func setOptions(uploadSize: UInt64?) throws {
        try setConnection()
        try setMethod(uploadSize: uploadSize)
        try setFields(sendsBody: uploadSize != nil)
        setCallbacks()
    }

    private func setConnection() throws {
        let settings = job.settings
        try check(modmeta_curl_allow_only_http(library.functions, easy))
        try set(CURLOPT_URL, job.request.url)
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // A signature covers the path as it is.
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_NOSIGNAL, 1)
        // Of one connection that does not exist yet, learn whether it can carry many requests before making more.
        try set(CURLOPT_PIPEWAIT, settings.awaitsMultiplexing && address.scheme == "https" ? 1 : 0)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 30)
        try set(CURLOPT_TCP_KEEPINTVL, 15)
        try set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
        try set(CURLOPT_LOW_SPEED_LIMIT, settings.stallSpeed)
        try set(CURLOPT_LOW_SPEED_TIME, max(settings.stallTime.milliseconds / 1000, 1))
        try set(CURLOPT_BUFFERSIZE, 256 << 10)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
        try set(CURLOPT_SSL_VERIFYPEER, settings.verifiesServer ? 1 : 0)
        try set(CURLOPT_SSL_VERIFYHOST, settings.verifiesServer ? 2 : 0)
        if let path = settings.authorityFile { try set(CURLOPT_CAINFO, path) }
        if let path = settings.authorityDirectory { try set(CURLOPT_CAPATH, path) }
        if let path = settings.clientCertificate {
            try set(CURLOPT_SSLCERT, path)
            try set(CURLOPT_SSLKEY, settings.clientKey ?? path)
        }
        // Always set, as libcurl would read the environment otherwise.
        try set(CURLOPT_PROXY, settings.proxy ?? "")
        try set(CURLOPT_NOPROXY, settings.proxyExceptions ?? "")
        try set(CURLOPT_PROXYAUTH, Int(bitPattern: UInt(0xffff_ffef)))
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private func setMethod(uploadSize: UInt64?) throws {
        let method = job.request.method
        if let uploadSize {
            try set(CURLOPT_UPLOAD, 1)
            try check(
                modmeta_curl_set_offset(
                    library.functions, easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(clamping: uploadSize)))
        } else if method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if method == "POST" || method == "PUT" {
            // These announce their length even where it is 0.
            try set(CURLOPT_UPLOAD, 1)
            try check(modmeta_curl_set_offset(library.functions, easy, CURLOPT_INFILESIZE_LARGE, 0))
        } else {
            try set(CURLOPT_HTTPGET, 1)
        }
        if method != "GET" && method != "HEAD" { try set(CURLOPT_CUSTOMREQUEST, method) }
    }

    private func setFields(sendsBody: Bool) throws {
        var names: Set<String> = []
        for field in job.request.fields {
            names.insert(field.name.lowercased())
            try append(field)
        }
        for field in job.settings.extraFields where !names.contains(field.name.lowercased()) { try append(field) }
        if !names.contains("user-agent") { try set(CURLOPT_USERAGENT, job.settings.userAgent) }
        // Waiting for the server's leave would cost a round trip for every body.
        if sendsBody { try appendLine("Expect:") }
        try check(
            modmeta_curl_set_pointer(library.functions, easy, CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(fieldList)))
    }

    private func append(_ field: HTTPField) throws {
        let isSound = { (text: String) in text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }
        guard isSound(field.name), isSound(field.value), !field.name.isEmpty, !field.name.contains(":") else {
            throw StoreError(
                .invalidURL, "a header field for \(address) holds a control character; check http.extraHeader")
        }
        // libcurl takes `Name:` for "leave this field out".
        try appendLine(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }

    private func appendLine(_ line: String) throws {
        guard let longer = modmeta_curl_list_append(library.functions, fieldList, line) else {
            throw StoreError(.system, "cannot send a request to \(address): libcurl is out of memory")
        }
        fieldList = longer
    }

    private func setCallbacks() {
        let curl = library.functions
        let context = Unmanaged.passUnretained(self).toOpaque()
        modmeta_curl_set_pointer(curl, easy, CURLOPT_ERRORBUFFER, errorText.baseAddress)
        for option in [
            CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_PRIVATE,
        ] { modmeta_curl_set_pointer(curl, easy, option, context) }
        modmeta_curl_set_bytes_callback(curl, easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return CurlTransfer.of(context).receive(headerLine: line) ? line.count : 0
        }
        modmeta_curl_set_bytes_callback(curl, easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            let block = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return CurlTransfer.of(context).receive(body: block) ? block.count : block.count + 1
        }
        modmeta_curl_set_bytes_callback(curl, easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
            CurlTransfer.of(context).send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        modmeta_curl_set_seek_callback(curl, easy) { context, offset, origin in
            guard origin == SEEK_SET, let offset = UInt64(exactly: offset) else { return CURL_SEEKFUNC_CANTSEEK }
            return CurlTransfer.of(context).seek(to: offset) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        modmeta_curl_set_socket_callback(curl, easy) { _, socket, _ in
            // A program we start must not keep our connections open.
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            return CURL_SOCKOPT_OK
        }
    }

    /// The transfer behind a callback's context, which libcurl hands back as it was set.
    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    private func set(_ option: CURLoption, _ value: Int) throws {
        try check(modmeta_curl_set_long(library.functions, easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws {
        try check(modmeta_curl_set_string(library.functions, easy, option, value))
    }

    private func check(_ code: CURLcode) throws {
        // An option that an older library does not have changes speed, never safety: those in question are all older.
        guard code == CURLE_OK || code == CURLE_UNKNOWN_OPTION || code == CURLE_NOT_BUILT_IN else {
            throw StoreError.failed(code, self)
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        Int(clamping: components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
