/// Makes repeated names unique: the second occurrence gets `#2`, the third `#3`.
struct RepeatedNames {
    private var names: Set<ByteString> = []
    private var counts: [ByteString: Int] = [:]

    /// Returns the name, with a number appended if it was used before.
    mutating func distinct(_ name: String) -> String {
        var distinct = name
        while !names.insert(ByteString(distinct)).inserted {
            let count = (counts[ByteString(name)] ?? 1) + 1
            counts[ByteString(name)] = count
            distinct = "\(name)#\(count)"
        }
        return distinct
    }
}
