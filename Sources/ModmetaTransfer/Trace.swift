internal import Glibc
internal import ModmetaFormats

/// Writes what a transfer really did, one JSON object a line, when `MODMETA_TRACE=json` is set.
///
/// The lines go to the file `MODMETA_TRACE_FILE` names, appended, else to standard error. docs/guides/trace.md lists the
/// events. A line is written by one system call, so the lines of several agents do not mix.
public struct Trace: Sendable {
    /// Something that happened to a store or to a local file.
    public enum Event: String, Sendable {
        /// A payload was sent to the store.
        case payloadPut = "payload.put"
        /// A payload was found in the store and not sent.
        case payloadExists = "payload.exists"
        /// A payload was not even encoded, as the journal knows that the store has it.
        case payloadJournaled = "payload.journaled"
        /// A chunk was found in a base manifest and not sent.
        case chunkReused = "chunk.reused"
        /// A payload was read from the store.
        case payloadGet = "payload.get"
        /// A chunk was taken from a local object.
        case chunkLocal = "chunk.local"
        /// A chunk was found whole in a download that had been interrupted.
        case chunkResumed = "chunk.resumed"
        /// A manifest was published.
        case manifestPut = "manifest.put"
        /// An object was found in the store and nothing was sent for it.
        case objectExists = "object.exists"
        /// An object was stored whole.
        case objectPut = "object.put"
        /// An object was read whole from the store.
        case objectGet = "object.get"
    }

    private let descriptor: CInt

    /// Reads the environment once.
    public init() {
        guard let kind = getenv("MODMETA_TRACE"), String(cString: kind) == "json" else {
            descriptor = -1
            return
        }
        if let path = getenv("MODMETA_TRACE_FILE") {
            descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        } else {
            descriptor = STDERR_FILENO
        }
    }

    /// Writes an event about an object.
    ///
    /// - Parameters:
    ///   - name: the digest of the payload or chunk, where the event is about one.
    ///   - bytes: the bytes that crossed the border to the store, or were saved from crossing it.
    func emit(_ event: Event, object: ObjectID, name: Digest? = nil, bytes: Int) {
        guard descriptor >= 0 else { return }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int(time.tv_sec) * 1000 + time.tv_nsec / 1_000_000
        var line =
            "{\"time_ms\":\(milliseconds),\"pid\":\(getpid()),\"event\":\"\(event.rawValue)\",\"oid\":\"\(object)\""
        if let name { line += ",\"name\":\"\(name)\"" }
        line += ",\"bytes\":\(bytes)}\n"
        line.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}
