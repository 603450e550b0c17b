public import ModmetaStore
public import ModmetaFormats

/// Everything one agent's transfers share: the store, the repository's state and the user's wishes.
public struct TransferContext: Sendable {
    /// The store that objects go to and come from.
    public var store: any ObjectStore
    /// The random id of the store; what is known locally is known of this store only.
    public var storeID: String
    /// What this repository knows.
    public var state: StateDatabase
    /// The share of work all agents draw from.
    public var slots: WorkSlots
    /// Which objects other agents are uploading.
    public var turns: UploadTurns
    /// Where the repository keeps a local LFS object.
    public var objectPath: @Sendable (ObjectID) -> String
    /// Where downloads under way are kept; on the filesystem of the local LFS objects, since git-lfs renames them.
    public var partialDirectory: String
    /// Whether every object is stored whole as well (`modmeta.whole = always`).
    public var storesWhole: Bool
    /// Whether small objects are stored whole even where they have a base, because each manifest costs more than it saves.
    public var storesSmallWhole: Bool
    /// Where effects are reported.
    public var trace: Trace
    /// The time that is gone by.
    public var clock: TransferClock
    /// From which sizes on files are divided.
    package var sizes = TransferSizes.standard
    /// What a test leaves out.
    package var omissions = Omissions<Omission>()
    /// What all agents have on its way into the store, and out of it.
    let sending, receiving: TransferWindow
    /// What the store's sketches say.
    let sketches: SketchIndex
    /// What the store says of collections.
    let collection = CondemnationWatch()

    /// Creates a context.
    public init(
        store: any ObjectStore, storeID: String, state: StateDatabase, slots: WorkSlots, turns: UploadTurns,
        objectPath: @escaping @Sendable (ObjectID) -> String, partialDirectory: String, storesWhole: Bool = false,
        storesSmallWhole: Bool = false, trace: Trace = Trace(), clock: TransferClock = .system
    ) {
        self.store = store
        self.storeID = storeID
        self.state = state
        sketches = SketchIndex(state: state, storeID: storeID, clock: clock)
        self.slots = slots
        let window = "\(slots.directory)/window"
        // The store's own id may be anything.
        let line = String(SHA256.hash(Array(storeID.utf8)).hex.prefix(16))
        sending = TransferWindow(directory: window, direction: .sending, line: line, clock: clock)
        receiving = TransferWindow(directory: window, direction: .receiving, line: line, clock: clock)
        self.turns = turns
        self.objectPath = objectPath
        self.partialDirectory = partialDirectory
        self.storesWhole = storesWhole
        self.storesSmallWhole = storesSmallWhole
        self.trace = trace
        self.clock = clock
    }
}
