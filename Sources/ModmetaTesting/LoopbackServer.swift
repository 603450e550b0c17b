internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem
internal import Synchronization

/// A server on 127.0.0.1 that says what a test tells it to, byte by byte, misbehaviour included.
public final class LoopbackServer: Sendable {
    /// The port it listens on.
    public let port: Int
    private let socket: CInt
    private let connections = Mutex(0)

    /// The server's URL without a slash at the end.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// How many connections were accepted.
    public var connectionCount: Int { connections.withLock { $0 } }

    /// Starts a server.
    ///
    /// - Parameter serve: handles one connection, in a thread of its own; the connection is closed when it returns or throws.
    public init(serve: @escaping @Sendable (LoopbackConnection) throws -> Void) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw StoreError.failed(to: "open", "a socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard bound else { throw StoreError.failed(to: "listen on", "127.0.0.1") }
        port = Int(UInt16(bigEndian: address.sin_port))
        try DedicatedThread.start { [weak self] in
            while true {
                let accepted = accept(socket, nil, nil)
                guard accepted >= 0 else { break }
                self?.connections.withLock { $0 += 1 }
                try? DedicatedThread.start {
                    let connection = LoopbackConnection(accepted)
                    try? serve(connection)
                    connection.close()
                }
            }
            _ = close(socket)
        }
    }

    deinit { _ = shutdown(socket, Int32(SHUT_RDWR)) }

    /// Starts a server that answers each request with what a closure makes of it, and keeps connections open.
    public static func answering(
        _ answer: @escaping @Sendable (LoopbackRequest) -> LoopbackAnswer
    ) throws -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = try connection.request() { try connection.send(answer(request).bytes) }
        }
    }
}

/// One connection to a `LoopbackServer`.
public final class LoopbackConnection: Sendable {
    private let socket: CInt
    private let isOpen = Mutex(true)
    private let unread = Mutex<[UInt8]>([])

    init(_ socket: CInt) { self.socket = socket }

    /// Reads a request with its body; nil where the client has closed the connection.
    public func request() throws -> LoopbackRequest? {
        var bytes = unread.withLock { $0 }
        while true {
            if let request = LoopbackRequest(parsing: bytes) {
                unread.withLock { $0 = Array(bytes.dropFirst(request.length)) }
                return request
            }
            var block = [UInt8](repeating: 0, count: 64 << 10)
            let count = recv(socket, &block, block.count, 0)
            guard count > 0 else { return nil }
            bytes += block.prefix(count)
        }
    }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw StoreError.failed(to: "write to", "a connection") }
            done += count
        }
    }

    /// Sends a text.
    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Says nothing for some time.
    public func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    /// Closes the connection so that the client sees a reset.
    public func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Closes the connection.
    public func close() {
        isOpen.withLock { isOpen in
            if isOpen { _ = Glibc.close(socket) }
            isOpen = false
        }
    }
}
