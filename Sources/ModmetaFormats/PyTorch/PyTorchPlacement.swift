/// Assigns the bytes of a PyTorch file to tensors: each byte belongs to one tensor of the layout or to none.
struct PyTorchPlacement {
    /// Further names of bytes that have a tensor already.
    private(set) var aliases: [(name: String, of: String)] = []
    private var views: [ByteString: [PyTorchTensor]] = [:]
    private var order: [ByteString] = []
    private var names = RepeatedNames()

    /// Adds a tensor; repeated names are made unique.
    mutating func add(_ tensor: PyTorchTensor) {
        var tensor = tensor
        tensor.name = names.distinct(tensor.name)
        let key = ByteString(tensor.storage.key)
        if views[key] == nil { order.append(key) }
        views[key, default: []].append(tensor)
    }

    /// Returns the tensors of the layout.
    ///
    /// - Parameter data: returns the byte range of a storage in the file.
    /// - Throws: `FormatError` if a storage does not have the size that its class and count imply, or a tensor leaves
    ///   it.
    mutating func finish(data: (String) throws -> Range<UInt64>) throws -> [Layout.Tensor] {
        var tensors: [Layout.Tensor] = []
        for key in order {
            guard let all = views[key] else { continue }
            let range = try data(key.text)
            tensors += try place(all, in: range)
        }
        // Empty tensors start where others do; sort by name too, because the sort is not stable.
        return tensors.sorted {
            ($0.range.lowerBound, $0.range.upperBound, ByteString($0.name))
                < ($1.range.lowerBound, $1.range.upperBound, ByteString($1.name))
        }
    }

    /// The tensors of one storage, if they partition it; otherwise the storage as one run of numbers.
    private mutating func place(_ views: [PyTorchTensor], in data: Range<UInt64>) throws(FormatError) -> [Layout.Tensor]
    {
        for view in views { try check(view, in: data) }
        let empty = views.filter(\.isEmpty).map { view in
            tensor(view, range: data.lowerBound..<data.lowerBound)
        }
        let full = views.filter { !$0.isEmpty }
        guard !full.isEmpty, !data.isEmpty else { return empty }
        var starts: [UInt64: PyTorchTensor] = [:]
        var distinct: [PyTorchTensor] = []
        var duplicates: [(name: String, of: String)] = []
        for view in full {
            if let first = starts[view.offset], first.end == view.end, first.isContiguous == view.isContiguous {
                duplicates.append((view.name, first.name))
            } else {
                if starts[view.offset] == nil { starts[view.offset] = view }
                distinct.append(view)
            }
        }
        if let divided = divide(distinct, data: data) {
            aliases += duplicates
            return empty + divided
        }
        // Strided or overlapping, or more memory than tensors: the first name stands for all of it.
        aliases += full.dropFirst().map { ($0.name, full[0].name) }
        let first = full[0]
        let count = (data.upperBound - data.lowerBound) / first.type.width
        return empty + [
            Layout.Tensor(
                name: first.name, dtype: first.type.dtype, element: first.type.element,
                shape: first.type.numbers(in: [count]) ?? [count], range: data)
        ]
    }

    /// Refuses a storage that does not match the pickle, and a tensor that leaves its storage.
    func check(_ view: PyTorchTensor, in data: Range<UInt64>) throws(FormatError) {
        let size = data.upperBound - data.lowerBound
        let (stated, overflow) = view.storage.count.multipliedReportingOverflow(by: view.storage.type.width)
        guard !overflow, stated == size else {
            throw FormatError(
                .malformed,
                "the storage of \(QuotedName(view.name)) has \(size) bytes, not \(view.storage.count) elements of "
                    + "\(view.storage.type.width)",
                offset: data.lowerBound)
        }
        guard let end = view.end, end <= size / view.type.width else {
            throw FormatError(
                .malformed, "the tensor \(QuotedName(view.name)) extends past its storage of \(size) bytes",
                offset: data.lowerBound)
        }
    }

    /// The views with their byte ranges, if they are whole, contiguous and cover the storage without overlap; otherwise
    /// nil.
    private func divide(_ views: [PyTorchTensor], data: Range<UInt64>) -> [Layout.Tensor]? {
        var covered = data.lowerBound
        var tensors: [Layout.Tensor] = []
        for view in views.sorted(by: { $0.offset < $1.offset }) {
            // Neither product overflows: `check` made sure that the view is within the storage.
            guard view.isContiguous, let end = view.end,
                data.lowerBound + view.offset * view.type.width == covered
            else { return nil }
            let range = covered..<data.lowerBound + end * view.type.width
            tensors.append(tensor(view, range: range))
            covered = range.upperBound
        }
        return covered == data.upperBound ? tensors : nil
    }

    private func tensor(_ view: PyTorchTensor, range: Range<UInt64>) -> Layout.Tensor {
        Layout.Tensor(
            name: view.name, dtype: view.type.dtype, element: view.type.element,
            shape: view.type.numbers(in: view.shape) ?? view.shape, range: range)
    }
}
