/// Chooses the range of scales that row codes cover: the window of a given length that contains the most rows.
///
/// A row of zeros or NaNs is far from all others and must not spoil their codes.
enum ScaleWindow {
    /// All scales and levels are below this.
    private static let scales = 1024

    /// Returns the lowest scale of the best window of `length` scales; 0 if there is none.
    ///
    /// Negative scales are ignored.
    static func lowest(_ scales: [Int], length: Int) -> Int {
        var counts = [Int](repeating: 0, count: ScaleWindow.scales)
        for scale in scales where scale >= 0 { counts[scale] += 1 }
        guard let first = counts.firstIndex(where: { $0 > 0 }) else { return 0 }
        var covered = 0
        var best = (start: first, covered: 0)
        for end in first..<ScaleWindow.scales {
            covered += counts[end]
            let start = end - length + 1
            if start > first { covered -= counts[start - 1] }
            if covered > best.covered { best = (max(start, first), covered) }
        }
        return best.start
    }
}
