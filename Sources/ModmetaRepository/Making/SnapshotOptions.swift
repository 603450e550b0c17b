/// What a person says about a snapshot before anything is read.
public struct SnapshotOptions: Sendable {
    /// The snapshot's name; nil for one that the time makes.
    public var name: String?
    /// The checkpoint's files and directories on this machine, in the work tree.
    public var paths: [String]
    /// Configuration files on this machine: YAML, JSON or TOML.
    public var configs: [String] = []
    /// Data files and directories on this machine, which are named by their SHA-256.
    public var datasets: [String] = []
    /// SHA-256 hashes of data that is not here, in hexadecimal.
    public var datasetHashes: [String] = []
    /// The GPUs; nil to ask `nvidia-smi`.
    public var gpus: [String]?
    /// Variables of the environment that matter.
    public var variables: [(name: String, value: String)] = []
    /// The base model's directory; nil to look for it by its name.
    public var base: String?
    /// The subject field of the model.
    public var domain: String?
    /// The person's own version of the model.
    public var version: String?
    /// Numbers by name, for example a loss.
    public var metrics: [(name: String, value: Double)] = []
    /// The snapshot this one was trained from, as `SnapshotSelector` finds it.
    public var parent: String?
    /// What the snapshot is, for people.
    public var message: String?
    /// Whether configuration files must be as the schema says, and a damaged `trainer_state.json` is an error.
    public var isChecked = true
    /// Whether a commit and a tag are made; otherwise only the YAML file is written.
    public var isCommitted = true

    /// Creates options for a checkpoint.
    ///
    /// - Parameters:
    ///   - name: the snapshot's name; nil for one that the time makes.
    ///   - paths: the checkpoint's files and directories on this machine, in the work tree.
    public init(name: String? = nil, paths: [String]) {
        self.name = name
        self.paths = paths
    }
}
