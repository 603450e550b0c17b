extension ChunkCodec {
    /// How much is done to find the smallest form of a payload; what readers do does not depend on it.
    public struct Effort: Sendable {
        /// Whether all forms are written in full, which takes about twice as long, and not tried on samples.
        var writesAllForms = false
        /// The zstd level for text, tables and other bytes with repetitions.
        var level: Int32 = 3

        /// Forms are tried on a sample where one is not known to be the smallest.
        public static let sampled = Effort()
        /// As `sampled`, and repetitions are looked for more closely: text passes at about 20 MB/s.
        public static let searching = Effort(level: 12)
        /// All forms are written in full.
        public static let exhaustive = Effort(writesAllForms: true)
        /// As `exhaustive`, and repetitions are looked for as closely as zstd can: text passes at 1 to 2 MB/s.
        public static let utmost = Effort(writesAllForms: true, level: 19)
    }
}
