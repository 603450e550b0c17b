internal import Glibc
internal import ModmetaSystem

/// Reads the file `packed-refs` of a Git directory without git.
enum PackedRefs {
    /// The name of the file.
    static let fileName = Array("packed-refs".utf8)
    /// The most bytes the file may have: millions of refs.
    private static let byteLimit = 1 << 30

    /// The refs in the file, by the bytes of their full names; none if there is no file.
    ///
    /// - Parameter handle: called if the file cannot be read, and with each line that is not a ref.
    /// - Throws: what `handle` throws.
    static func read(in directory: String, _ handle: RefProblem.Handler) throws -> [[UInt8]: RefValue] {
        let path = "\(directory)/packed-refs"
        func fail(_ kind: HistoryReport.Finding.Kind, _ detail: String) throws {
            try handle(RefProblem(kind: kind, place: fileName, detail: detail))
        }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno != ENOENT || isLink(path) { try fail(.unreadable, SystemCall.reason()) }
            return [:]
        }
        defer { close(descriptor) }
        guard let bytes = RegularFile.bytes(from: descriptor, limit: byteLimit) else {
            try fail(.unreadable, SystemCall.reason())
            return [:]
        }
        guard bytes.count < byteLimit else {
            try fail(.unreadable, "it has \(byteLimit) bytes or more")
            return [:]
        }
        return try parse(bytes) { try fail(.damaged, $0) }
    }

    /// Parses `<object> <name>` on each line, `^<object>` after an annotated tag, and a header that begins with `#`.
    private static func parse(_ bytes: [UInt8], _ fail: (String) throws -> Void) throws -> [[UInt8]: RefValue] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == false { try fail("it does not end with a line feed, as if it were cut short") }
        var refs: [[UInt8]: RefValue] = [:]
        var followsRef = false
        for (index, line) in lines.dropLast().enumerated() {
            if index == 0, line.first == UInt8(ascii: "#") { continue }
            let isPeeled = line.first == UInt8(ascii: "^")
            if isPeeled, followsRef, object(line.dropFirst()) != nil {
                followsRef = false
            } else if !isPeeled, let space = line.firstIndex(of: UInt8(ascii: " ")),
                let object = object(line[..<space]),
                let name = String(validating: line[(space + 1)...], as: UTF8.self), RefName.isValid(name)
            {
                refs[Array(line[(space + 1)...])] = .object(object)
                followsRef = true
            } else {
                followsRef = false
                try fail("line \(index + 1) is not an object and the name of a ref")
            }
        }
        return refs
    }

    private static func object(_ digits: some Collection<UInt8>) -> GitObjectName? {
        GitObjectName(String(decoding: digits, as: UTF8.self)).flatMap { $0.isNull ? nil : $0 }
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
