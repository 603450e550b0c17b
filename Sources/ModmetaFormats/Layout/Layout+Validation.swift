extension Layout {
    /// Checks the rules for layouts from files and manifests alike.
    ///
    /// - Throws: `malformed` if tensors are out of order, overlap, leave the file or share a name, or if an opaque file
    ///   has tensors; `limitExceeded` if a name, a shape or the number of tensors is too large.
    public func validate() throws(FormatError) { try validate(at: []) }

    /// Checks the rules; `places` has the offset of each tensor for errors, or is empty.
    func validate(at places: [Int]) throws(FormatError) {
        func place(_ index: Int) -> UInt64 { index < places.count ? UInt64(places[index]) : 0 }
        guard format != .opaque || tensors.isEmpty else {
            throw FormatError(.malformed, "an opaque file has tensors", offset: place(0))
        }
        guard tensors.count <= LayoutLimits.tensors else {
            throw FormatError(.limitExceeded, "a file has more than \(LayoutLimits.tensors) tensors", offset: place(0))
        }
        var covered: UInt64 = 0
        var nameBytes = 0
        for (index, tensor) in tensors.enumerated() {
            try tensor.validateLimits(at: place(index))
            guard tensor.range.lowerBound >= covered else {
                throw FormatError(
                    .malformed, "the tensor \(QuotedName(tensor.name)) starts before the previous tensor ends",
                    offset: place(index))
            }
            covered = tensor.range.upperBound
            guard covered <= size else {
                throw FormatError(
                    .malformed, "the tensor \(QuotedName(tensor.name)) ends at byte \(covered) of \(size)",
                    offset: place(index))
            }
            nameBytes += tensor.name.utf8.count
            guard nameBytes <= LayoutLimits.allNamesLength else {
                throw FormatError(
                    .limitExceeded, "the names of the tensors are longer than \(LayoutLimits.allNamesLength) bytes",
                    offset: place(index))
            }
        }
        if let index = indexOfRepeatedName() {
            throw FormatError(
                .malformed, "two tensors have the name \(QuotedName(tensors[index].name))", offset: place(index))
        }
    }

    /// The index of the later of two tensors with the same name, or nil.
    ///
    /// Sorting hashes takes a third of the memory of a set of names; few names have equal hashes.
    private func indexOfRepeatedName() -> Int? {
        var order = tensors.indices.map { (hash: ByteString(tensors[$0].name).hashValue, index: $0) }
        order.sort { ($0.hash, $0.index) < ($1.hash, $1.index) }
        var start = 0
        for place in order.indices.dropFirst() {
            if order[place].hash != order[start].hash { start = place }
            let name = tensors[order[place].index].name
            for other in order[start..<place] where tensors[other.index].name.hasSameBytes(as: name) {
                return order[place].index
            }
        }
        return nil
    }
}

extension Layout.Tensor {
    /// Checks the rules for a single tensor.
    fileprivate func validateLimits(at place: UInt64) throws(FormatError) {
        guard name.utf8.count <= LayoutLimits.nameLength else {
            throw FormatError(
                .limitExceeded, "the name of a tensor is longer than \(LayoutLimits.nameLength) bytes", offset: place)
        }
        guard shape.count <= LayoutLimits.rank else {
            throw FormatError(
                .limitExceeded, "the tensor \(QuotedName(name)) has more than \(LayoutLimits.rank) dimensions",
                offset: place)
        }
        guard (1...LayoutLimits.dtypeLength).contains(dtype.utf8.count),
            dtype.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw FormatError(
                .malformed, "the dtype of \(QuotedName(name)) is not 1 to \(LayoutLimits.dtypeLength) ASCII characters",
                offset: place)
        }
    }
}
