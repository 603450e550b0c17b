/// Reads the layout of a `.distcp` file of torch.distributed.checkpoint: concatenated items written by `torch.save`,
/// each a zip archive.
///
/// The rules are docs/formats/distcp.md. The file has no names for the items: those are in the checkpoint's
/// `.metadata`.
enum DistcpLayout {
    /// Reads the tensors of all items.
    ///
    /// Items that break a rule become bytes outside tensors, unless all do.
    ///
    /// - Parameter archives: the byte ranges of the items.
    /// - Throws: `FormatError` if no item can be read or a limit is exceeded, and the errors of the source.
    static func parse(_ archives: [Range<UInt64>], _ source: some ByteSource) throws -> Layout.Reading {
        var reading = Layout.Reading(layout: Layout(format: .distcp, size: source.size, tensors: []))
        var names = RepeatedNames()
        var problem: FormatError?
        var budget = ParseBudget("the file's pickles")
        var isAnyRead = false
        for range in archives {
            let item: Layout.Reading
            do {
                let window = ByteWindow(range, of: source)
                item = try PyTorchLayout.parse(try ZipDirectory(parsing: window), window, &budget)
                isAnyRead = true
            } catch let error as FormatError {
                problem = problem ?? FormatError(error.code, error.message, offset: range.lowerBound + error.offset)
                continue
            }
            var renamed: [ByteString: String] = [:]
            for var tensor in item.layout.tensors {
                let name = names.distinct(tensor.name)
                renamed[ByteString(tensor.name)] = name
                tensor.name = name
                tensor.range = range.lowerBound + tensor.range.lowerBound..<range.lowerBound + tensor.range.upperBound
                reading.layout.tensors.append(tensor)
            }
            for alias in item.aliases {
                reading.aliases.append(
                    Layout.Alias(
                        name: names.distinct(alias.name), tensor: renamed[ByteString(alias.tensor)] ?? alias.tensor))
            }
        }
        if let problem, !isAnyRead { throw problem }
        try reading.layout.validate()
        return reading
    }
}
