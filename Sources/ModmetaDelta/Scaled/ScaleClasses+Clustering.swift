extension ScaleClasses {
    /// The result of clustering.
    struct Clustering {
        var classes: ScaleClasses
        /// The table of each counted class.
        var tables: [UInt8]
        /// The estimated bits of tables and symbols.
        var bits: Float
    }

    /// Merges neighbouring classes as long as a shared table is cheaper than two.
    ///
    /// - Parameters:
    ///   - counts: 256 counts for each class of each bucket; the counts of merged classes are added up.
    ///   - lowest: the scale index of the first class.
    static func cluster(
        _ counts: UnsafeMutablePointer<UInt32>, buckets: Int, lowest: Int, cost: SymbolCost
    ) -> Clustering {
        var clustering = Clustering(
            classes: ScaleClasses(frequencies: [], counts: [], bounds: []), tables: [], bits: 0)
        for bucket in 0..<buckets {
            let bucketCounts = counts + 256 * ScaleIndex.classes * bucket
            let groups = joinedGroups(bucketCounts, limit: RansFormat.maximumTables / buckets, cost: cost)
            clustering.append(groups, bucketCounts, lowest: lowest)
        }
        return clustering
    }

    private static func joinedGroups(
        _ counts: UnsafeMutablePointer<UInt32>, limit tableLimit: Int, cost: SymbolCost
    ) -> [Group] {
        var groups = nonEmptyGroups(counts, cost: cost)
        var limit = 0
        for group in groups { limit = max(limit, group.limit) }
        let merged = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        defer { merged.deallocate() }
        func unionBits(_ left: Int, _ right: Int) -> Float {
            let (a, b) = (counts + 256 * groups[left].first, counts + 256 * groups[right].first)
            for value in 0..<limit { merged[value] = a[value] &+ b[value] }
            return cost.bits(merged, limit: limit)
        }
        if groups.count > 1 {
            for index in 0..<groups.count - 1 { groups[index].unionBits = unionBits(index, index + 1) }
        }
        while groups.count > 1 {
            var best = 0
            var gain = -Float.greatestFiniteMagnitude
            for index in 0..<groups.count - 1 {
                let saved = groups[index].bits + groups[index + 1].bits - groups[index].unionBits
                if saved > gain { (best, gain) = (index, saved) }
            }
            guard gain > -16 || groups.count > tableLimit else { break }
            let (a, b) = (counts + 256 * groups[best].first, counts + 256 * groups[best + 1].first)
            for value in 0..<limit { a[value] &+= b[value] }
            groups[best].bits = groups[best].unionBits
            groups[best].last = groups[best + 1].last
            groups.remove(at: best + 1)
            if best + 1 < groups.count { groups[best].unionBits = unionBits(best, best + 1) }
            if best > 0 { groups[best - 1].unionBits = unionBits(best - 1, best) }
        }
        return groups
    }

    fileprivate struct Group {
        var first: Int
        var last: Int
        var limit: Int
        var bits: Float
        var unionBits: Float = 0
    }

    private static func nonEmptyGroups(_ counts: UnsafePointer<UInt32>, cost: SymbolCost) -> [Group] {
        var groups: [Group] = []
        for index in 0..<ScaleIndex.classes {
            let row = counts + 256 * index
            var limit = 256
            while limit > 0, row[limit - 1] == 0 { limit -= 1 }
            guard limit > 0 else { continue }
            groups.append(Group(first: index, last: index, limit: limit, bits: cost.bits(row, limit: limit)))
        }
        return groups
    }

    private init(frequencies: [SymbolFrequencies], counts: [Int], bounds: [Int]) {
        self.frequencies = frequencies
        self.counts = counts
        self.bounds = bounds
    }
}

extension ScaleClasses.Clustering {
    /// Appends the tables of one bucket.
    fileprivate mutating func append(
        _ groups: [ScaleClasses.Group], _ counts: UnsafePointer<UInt32>, lowest: Int
    ) {
        var tables = [UInt8](repeating: 0, count: ScaleIndex.classes)
        for (number, group) in groups.enumerated() {
            if number > 0 { classes.bounds.append(lowest + group.first) }
            for index in group.first...group.last { tables[index] = UInt8(classes.frequencies.count) }
            classes.frequencies.append(SymbolFrequencies(counts: counts + 256 * group.first))
            bits += group.bits
        }
        classes.counts.append(groups.count)
        self.tables += tables
    }
}
