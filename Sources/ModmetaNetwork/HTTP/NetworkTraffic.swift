internal import Synchronization

/// What really went over the network: the bodies of requests and answers, those of attempts that failed included.
///
/// Header fields and what TLS adds are not counted, nor is what git itself sends and fetches.
public final class NetworkTraffic: Sendable {
    private let sentBytes = Atomic<UInt64>(0)
    private let receivedBytes = Atomic<UInt64>(0)

    /// Creates a count of nothing.
    public init() {}

    /// The bytes of bodies that were sent.
    public var sent: UInt64 { sentBytes.load(ordering: .relaxed) }

    /// The bytes of bodies that were received.
    public var received: UInt64 { receivedBytes.load(ordering: .relaxed) }

    func add(sent count: Int) { sentBytes.wrappingAdd(UInt64(count), ordering: .relaxed) }

    func add(received count: Int) { receivedBytes.wrappingAdd(UInt64(count), ordering: .relaxed) }
}
