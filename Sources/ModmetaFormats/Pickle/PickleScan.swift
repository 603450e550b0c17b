/// Collects what the pickles of a file would import.
struct PickleScan {
    /// The unique classes and functions, and the attributes read from them.
    private(set) var globals: [PickleGlobal] = []
    /// The number of pickles found, and of those executed to their end.
    private(set) var found = 0
    private(set) var completed = 0
    /// The first reason why a pickle could not be executed.
    var problem: FormatError?
    private var known: Set<PickleGlobal> = []

    /// Scans the pickles of a zip archive or of several concatenated ones; skips TorchScript code, which Python does
    /// not run.
    mutating func archives(_ source: some ByteSource) throws {
        let series = try ZipSeries.archives(in: source)
        guard series.count > 1 else { return try archive(source) }
        for range in series { try archive(ByteWindow(range, of: source)) }
    }

    private mutating func archive(_ source: some ByteSource) throws {
        let directory = try ZipDirectory(parsing: source)
        for entry in directory.entries {
            let isPickle = [".pkl", ".pickle", ".joblib"].contains { entry.name.hasByteSuffix($0) }
            guard isPickle || entry.name.hasByteSuffix(".npy") else { continue }
            do {
                let range = try directory.data(of: entry, in: source)
                if isPickle {
                    try pickles(in: range, of: source, limit: 1)
                } else {
                    try array(in: range, of: source)
                }
            } catch let error as FormatError {
                problem = problem ?? error
            }
        }
    }

    /// Scans the pickle in a NumPy array of objects; other arrays have none.
    mutating func array(in range: Range<UInt64>, of source: some ByteSource) throws {
        let header = try NumPyHeader(parsing: source, in: range, allowsObjects: true)
        guard header.holdsObjects else { return }
        try pickles(in: range.lowerBound + header.dataOffset..<range.upperBound, of: source, limit: 1)
    }

    /// Scans concatenated pickles; other bytes may follow the last one.
    mutating func pickles(in range: Range<UInt64>, of source: some ByteSource, limit: Int) throws {
        let end = min(range.upperBound, range.lowerBound + PyTorchLayout.pickleLimit)
        var reader = ByteReader(try source.read(range.lowerBound..<end), origin: range.lowerBound)
        for index in 0..<limit {
            // After the first, only bytes that start with the protocol marker count as a pickle.
            guard index == 0 || (reader.remaining > 0 && reader.bytes[reader.position] == PickleOpcode.proto.rawValue)
            else { return }
            found += 1
            var machine = PickleMachine(reader)
            let imports: [PickleGlobal]
            do {
                let root = try machine.run()
                completed += 1
                imports = machine.graph.imports(of: root)
            } catch {
                problem = problem ?? error
                imports = machine.graph.globals
            }
            for global in imports where known.insert(global).inserted { globals.append(global) }
            guard problem == nil else { return }
            reader = machine.reader
        }
    }
}
