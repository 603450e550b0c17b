/// What a file of a DeepSpeed ZeRO checkpoint says about the checkpoint; see docs/formats/deepspeed.md.
public struct DeepSpeedState: Hashable, Sendable {
    /// A parameter of the model.
    public struct Parameter: Hashable, Sendable {
        /// The parameter's name in the module.
        public var name: String
        /// The dimensions, outermost first.
        public var shape: [UInt64]
    }

    /// The trained parameters by optimizer group, in the order of the flat partitions; empty unless the file has model
    /// states.
    public private(set) var groups: [[Parameter]] = []
    /// The ZeRO stage, if the file has optimizer states.
    public private(set) var stage: UInt64?
    /// The number of partitions of each group, if the file has optimizer states.
    public private(set) var partitionCount: UInt64?

    /// Reads a file.
    ///
    /// - Throws: `FormatError` if the file is not a PyTorch zip archive, and the errors of the source.
    public init(parsing source: some ByteSource) throws {
        let (graph, root) = try PyTorchLayout.graph(of: source)
        var budget = ParseBudget("the pickle", inputLength: graph.nodes.count)
        let fields = try graph.fields(of: root, &budget) ?? [:]
        if let shapes = fields["param_shapes"] {
            // A list of groups; in old versions and stage 3 sometimes a single mapping.
            let lists = graph[shapes].kind == .list ? graph[shapes].children : [shapes]
            for group in lists {
                try budget.charge(48 * graph[group].children.count, at: 0)
                groups.append(
                    graph.pairs(of: group).compactMap { pair in
                        guard let name = graph.text(pair.key), let shape = graph.extents(pair.value) else { return nil }
                        return Parameter(name: name, shape: shape)
                    })
            }
        }
        guard let optimizer = fields["optimizer_state_dict"], let optimizer = try graph.fields(of: optimizer, &budget)
        else { return }
        stage = optimizer["zero_stage"].flatMap { graph.unsigned($0) }
        partitionCount = optimizer["partition_count"].flatMap { id in
            graph.unsigned(id) ?? graph.extents(id)?.max()
        }
    }
}
