/// Files of a directory that are one checkpoint, and whether they are all there.
public struct CheckpointSet: Sendable {
    /// What makes them one.
    public enum Kind: String, Sendable {
        /// Shards with an index.
        case sharded
        /// torch.distributed.checkpoint.
        case distributed
        /// DeepSpeed ZeRO.
        case deepSpeed = "deepspeed"
        /// Parts of a GGUF model.
        case splitGGUF = "gguf-split"
    }

    /// What makes them one.
    public var kind: Kind
    /// The file that says so, or what their names have in common.
    public var name: String
    /// The files, in order; those that are missing too.
    public var files: [String]
    /// The tensors of the whole, however many files each is divided among.
    public var tensorCount: Int
    /// What is wrong, a sentence each without a final full stop; empty for a complete and consistent checkpoint.
    public var problems: [String] = []
    /// What else there is to know, a sentence each.
    public var notes: [String] = []

    /// How many sentences of one kind are listed before the rest is only counted.
    private static let listLimit = 10

    /// Adds a sentence for each thing, up to a limit, and the number of those left out.
    mutating func report(_ things: [String], _ sentence: (String) -> String) {
        problems += things.prefix(Self.listLimit).map(sentence)
        if things.count > Self.listLimit { problems.append("and \(things.count - Self.listLimit) more like the last") }
    }
}
