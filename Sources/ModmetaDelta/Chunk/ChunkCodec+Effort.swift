extension ChunkCodec {
    /// How much work the encoder does to make a payload small; decoding does not depend on it.
    public struct Effort: Sendable {
        /// Whether to write every form in full, which takes about twice as long, instead of trying forms on samples.
        var writesAllForms = false
        /// The zstd level for text, tables and other bytes with repetitions.
        var level: Int32 = 3

        /// Tries forms on a sample unless one is known to be the smallest.
        public static let sampled = Effort()
        /// As `sampled`, with a deeper search for repetitions: about 20 MB/s on text.
        public static let searching = Effort(level: 12)
        /// Writes every form in full.
        public static let exhaustive = Effort(writesAllForms: true)
        /// As `exhaustive`, with zstd's deepest search for repetitions: 1 to 2 MB/s on text.
        public static let utmost = Effort(writesAllForms: true, level: 19)
    }
}
