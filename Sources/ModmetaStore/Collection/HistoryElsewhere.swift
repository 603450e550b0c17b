extension StoreFormat {
    private static let historyLine = Extra(key: "history", value: "elsewhere")

    /// Whether the store also holds weights of repositories whose Git history is kept in other places.
    public var hasHistoryElsewhere: Bool { extras.contains(StoreFormat.historyLine) }

    /// A copy that says so.
    func notingHistoryElsewhere() -> StoreFormat {
        var copy = self
        if !hasHistoryElsewhere { copy.extras.append(StoreFormat.historyLine) }
        return copy
    }
}

extension ObjectStore {
    /// Writes down that weights are kept here whose history is elsewhere, so that no collection takes them for garbage.
    public func noteHistoryElsewhere() async throws {
        while true {
            let document = try await read(.format, limit: StoreFormat.byteLimit)
            let format = try StoreFormat.read(document)
            try format.checkWritable()
            if format.hasHistoryElsewhere { return }
            let next = format.notingHistoryElsewhere().serialized()
            if try await compareAndSwapFormat(expected: document, new: next) { return }
        }
    }
}
