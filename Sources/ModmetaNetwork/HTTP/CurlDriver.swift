internal import CCurl
internal import ModmetaStore
internal import ModmetaSystem
internal import Synchronization

/// One libcurl multi handle, and the thread that alone works with it.
final class CurlDriver: Sendable {
    private struct Inbox {
        var nextNumber: UInt64 = 0
        var jobs: [(number: UInt64, job: CurlJob)] = []
        var cancelled: [UInt64] = []
        var isEnding = false
    }

    private let inbox = Mutex(Inbox())
    private let library: CurlLibrary
    /// Other threads only wake it up, which libcurl allows until it is freed; that happens when nobody refers to us.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer

    /// Starts the thread.
    init(connectionLimit: Int) throws {
        library = try CurlLibrary.shared
        guard let multi = modmeta_curl_multi_init(library.functions) else {
            throw StoreError(.system, "cannot use the network: libcurl is out of memory")
        }
        self.multi = multi
        modmeta_curl_multi_set_long(library.functions, multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionLimit)
        modmeta_curl_multi_set_long(library.functions, multi, CURLMOPT_MAXCONNECTS, 2 * connectionLimit)
        try DedicatedThread.start { self.drive() }
    }

    deinit { modmeta_curl_multi_cleanup(library.functions, multi) }

    /// Gives a job to the thread, which calls its `finish`.
    ///
    /// - Returns: the number to cancel it by.
    func start(_ job: CurlJob) -> UInt64 {
        let number = inbox.withLock { inbox in
            inbox.nextNumber += 1
            inbox.jobs.append((inbox.nextNumber, job))
            return inbox.nextNumber
        }
        wake()
        return number
    }

    /// Breaks a job off, unless it is done.
    func cancel(_ number: UInt64) {
        inbox.withLock { $0.cancelled.append(number) }
        wake()
    }

    /// Lets the thread end; what is in flight is broken off.
    func end() {
        inbox.withLock { $0.isEnding = true }
        wake()
    }

    private func wake() { _ = modmeta_curl_multi_wakeup(library.functions, multi) }

    /// What the thread does until the end.
    private func drive() {
        var transfers: [UnsafeMutableRawPointer: (number: UInt64, transfer: CurlTransfer)] = [:]
        while takeOrders(&transfers) {
            modmeta_curl_multi_perform(library.functions, multi)
            var code = CURLE_OK
            var hasEnded = false
            while let easy = modmeta_curl_multi_ended(library.functions, multi, &code) {
                modmeta_curl_multi_remove(library.functions, multi, easy)
                transfers.removeValue(forKey: easy)?.transfer.end(code)
                hasEnded = true
            }
            // Whoever was waiting for an answer may have another question already.
            if !hasEnded { modmeta_curl_multi_poll(library.functions, multi, transfers.isEmpty ? 60_000 : 1000) }
        }
        for (easy, entry) in transfers {
            modmeta_curl_multi_remove(library.functions, multi, easy)
            entry.transfer.job.finish(.failure(CancellationError()))
        }
    }

    /// Starts and cancels what others asked for; false at the end.
    private func takeOrders(_ transfers: inout [UnsafeMutableRawPointer: (number: UInt64, transfer: CurlTransfer)])
        -> Bool
    {
        let (jobs, cancelled, isEnding) = inbox.withLock { inbox in
            defer {
                inbox.jobs = []
                inbox.cancelled = []
            }
            return (inbox.jobs, inbox.cancelled, inbox.isEnding)
        }
        for (number, job) in jobs {
            do {
                let transfer = try CurlTransfer(job, library: library)
                transfers[transfer.easy] = (number, transfer)
                modmeta_curl_multi_add(library.functions, multi, transfer.easy)
            } catch {
                job.finish(.failure(error))
            }
        }
        for number in cancelled {
            guard let (easy, entry) = transfers.first(where: { $0.value.number == number }) else { continue }
            modmeta_curl_multi_remove(library.functions, multi, easy)
            transfers[easy] = nil
            entry.transfer.job.finish(.failure(CancellationError()))
        }
        return !isEnding
    }
}
