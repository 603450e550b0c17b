internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// The refs of a directory store as its files have them, read without git, which passes over what it cannot read.
struct StoreRefFiles {
    /// What a ref names.
    enum Target: Equatable {
        case object(GitObjectName)
        case ref(String)
    }

    /// What refs name; a file of its own comes before a line of `packed-refs`.
    private(set) var targets: [String: Target] = [:]
    private let path: String
    private let objectFormat: GitObjectFormat

    /// The longest ref file, and the longest `packed-refs`.
    private static let (fileLimit, packedLimit) = (4096, 256 << 20)
    private static let depthLimit = 32

    /// Reads all refs; what cannot be read goes to the report.
    init(of store: StoreRepository, _ report: inout HistoryReport) {
        path = store.path
        objectFormat = store.objectFormat
        readPacked(&report)
        readDirectory("refs", depth: 0, &report)
    }

    private mutating func readPacked(_ report: inout HistoryReport) {
        guard let bytes = contents(of: "packed-refs", limit: Self.packedLimit, &report) else { return }
        var number = 0
        guard bytes.last == UInt8(ascii: "\n") || bytes.isEmpty else {
            return report.add(.damaged, "packed-refs", "it does not end with a line feed, as if it were cut short")
        }
        var isBehindRef = false
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            number += 1
            if line.first == UInt8(ascii: "#"), number == 1 { continue }
            if line.first == UInt8(ascii: "^"), isBehindRef, objectName(line.dropFirst()) != nil {
                isBehindRef = false
                continue
            }
            let digits = objectFormat.nullHex.utf8.count
            guard line.count > digits + 1, line[line.startIndex + digits] == UInt8(ascii: " "),
                let object = objectName(line.prefix(digits)),
                let name = String(validating: line.dropFirst(digits + 1), as: UTF8.self), RefName.isValid(name)
            else {
                report.add(.damaged, "packed-refs", "line \(number) is not an object and the name of a ref")
                isBehindRef = false
                continue
            }
            targets[name] = .object(object)
            isBehindRef = true
        }
    }

    private mutating func readDirectory(_ name: String, depth: Int, _ report: inout HistoryReport) {
        let names: [String]
        do {
            guard let found = try DirectoryPath("\(path)/\(name)").names() else {
                return report.add(.missing, name, "there is no such directory, so that git takes the store for none")
            }
            names = found.sorted()
        } catch {
            return report.add(.unreadable, name, "\(error)")
        }
        for child in names.map({ "\(name)/\($0)" }) where !child.hasSuffix(".lock") {
            do {
                // A name that is no text is not found under the name it is given here.
                guard let status = try FileStatus(of: "\(path)/\(child)") else {
                    report.notes.append("\(child) was deleted meanwhile, or its name is no text; it was not looked at")
                    continue
                }
                switch status.kind {
                case .directory where depth < Self.depthLimit: readDirectory(child, depth: depth + 1, &report)
                case .directory: report.add(.unreadable, child, "directories lie too deep in each other")
                case .regular: readRef(child, &report)
                default: report.add(.unreadable, child, "it is neither a file nor a directory")
                }
            } catch {
                report.add(.unreadable, child, "\(error)")
            }
        }
    }

    private mutating func readRef(_ name: String, _ report: inout HistoryReport) {
        guard RefName.isValid(name) else {
            return report.notes.append("\(name) is no name of a ref; git passes over it")
        }
        guard let bytes = contents(of: name, limit: Self.fileLimit, &report) else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        if bytes.isEmpty {
            report.add(.damaged, name, "it is empty")
            targets[name] = nil
        } else if text.hasPrefix("ref:"), case .branch(let other)? = StoreRefs.Head(parsing: text) {
            targets[name] = .ref(other)
        } else if let object = objectName(bytes.prefix { $0 != UInt8(ascii: "\n") }), bytes.count <= 65 {
            targets[name] = .object(object)
        } else {
            report.add(.damaged, name, "it is not the name of an object, but \(bytes.count) other bytes")
            targets[name] = nil
        }
    }

    private func objectName(_ bytes: some Collection<UInt8>) -> GitObjectName? {
        guard bytes.count == objectFormat.nullHex.utf8.count else { return nil }
        return GitObjectName(String(decoding: bytes, as: UTF8.self)).flatMap { $0.isNull ? nil : $0 }
    }

    /// The bytes of a file; one that cannot be read goes to the report.
    private func contents(
        of name: String, limit: Int, _ report: inout HistoryReport
    ) -> [UInt8]? {
        do {
            guard let status = try FileStatus(of: "\(path)/\(name)") else { return nil }
            guard status.kind == .regular, status.size <= limit else {
                report.add(.unreadable, name, "it is not a file of at most \(limit) bytes")
                return nil
            }
            guard let bytes = RegularFile.firstBytes(of: "\(path)/\(name)", limit: Int(status.size)),
                bytes.count == status.size
            else {
                report.add(.unreadable, name, "it cannot be read: \(SystemCall.reason())")
                return nil
            }
            return bytes
        } catch {
            report.add(.unreadable, name, "\(error)")
            return nil
        }
    }
}
