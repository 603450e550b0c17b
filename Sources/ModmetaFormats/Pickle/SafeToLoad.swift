/// Whether a program that unpickles a file can load it safely, judged by its imports, without loading it.
///
/// A pickle is a program: loading it calls whatever it names. The rules are docs/formats/pickle.md. They judge names,
/// not behaviour: a file that imports only harmless names cannot run code when loaded; one that imports others may.
public struct SafeToLoad: Sendable {
    /// What the pickles would import, worst first.
    public var imports: [PickleImport]
    /// Why a pickle could not be executed to its end, or nil; what follows that point is unknown.
    public var problem: FormatError?

    /// The worst verdict; `harmless` means that every pickle was executed to its end and imports nothing else.
    public var verdict: PickleImport.Verdict {
        max(imports.map(\.verdict).max() ?? .harmless, problem == nil ? .harmless : .unknown)
    }

    /// The most pickles in one file; legacy PyTorch files have five.
    private static let pickleLimit = 64

    /// Scans all pickles of a file.
    ///
    /// - Returns: nil if the file has no pickles, so that loading it calls nothing.
    /// - Throws: the errors of the source.
    public static func scan(_ source: some ByteSource) throws -> SafeToLoad? {
        let prefix = try source.read(0..<min(source.size, UInt64(FileKind.sniffLength)))
        var scan = PickleScan()
        do {
            switch FileKind(prefix: prefix, fileSize: source.size) {
            case .safetensors, .gguf: return nil
            case .zip: try scan.archives(source)
            case .npy: try scan.array(in: 0..<source.size, of: source)
            case .known, .unknown:
                guard prefix.first.map({ PickleOpcode(rawValue: $0) != nil }) ?? false else { return nil }
                try scan.pickles(in: 0..<source.size, of: source, limit: pickleLimit)
                // Many texts start like an old pickle; ignore those that import nothing or cannot be executed.
                let isMarked = prefix[0] == PickleOpcode.proto.rawValue
                guard isMarked || (scan.completed > 0 && !scan.globals.isEmpty) else { return nil }
            }
        } catch let error as FormatError {
            scan.problem = scan.problem ?? error
        }
        guard scan.found > 0 || scan.problem != nil else { return nil }
        let imports = scan.globals.map { PickleImport($0) }
        return SafeToLoad(
            imports: imports.sorted {
                ($1.verdict, ByteString($0.global.description)) < ($0.verdict, ByteString($1.global.description))
            },
            problem: scan.problem)
    }
}
