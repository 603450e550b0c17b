internal import ModmetaFormats

/// Which of the uploads under way an object waits for, so that it can be coded against them.
///
/// git-lfs hands the objects of a push to its agents in an order of its own. What no agent has in hand is not waited for:
/// git-lfs may hand it out only once this object is done, or never; it is then coded against this one.
struct UploadOrder: Sendable {
    /// What others are told of the object.
    let announcement: UploadAnnouncement
    /// Whether the file is worth more than the cores and lines that are idle while it waits.
    ///
    /// One of many chunks has work for all slots by itself. Of small ones several are sent at a time, once the store has
    /// something they can be coded against.
    let isLarge: Bool
    /// Whether the store has something that nearly all of the file can be coded against.
    var isServed = false
    private let features: Set<UInt64>
    /// The version before at the same path.
    let replaced: ObjectID?
    /// What a file without tensors can be coded against.
    private let versions: Set<ObjectID>

    init(
        of object: ObjectID, layout: Layout, in file: LocalFile, history: (any VersionHistory)?,
        _ context: TransferContext
    ) async throws {
        announcement = UploadAnnouncement(
            object, layout: layout, sample: try ContentSample(of: layout, in: file),
            place: try await history?.place(of: object), storeID: context.storeID)
        isLarge = layout.size >= UInt64(context.sizes.chunks.target)
        features = Sketch.features(of: layout)
        replaced = try await history?.replaced(by: object)
        let isCompared = layout.tensors.isEmpty && layout.size >= context.sizes.wholeLimit
        versions = isCompared ? Set(try await history?.previousVersions(of: object, size: layout.size) ?? []) : []
    }

    /// Whether an upload under way is to be waited for.
    ///
    /// Only one that has begun, which waits for nobody, or that comes before this one in the one order of all objects: so
    /// agents never wait in a circle.
    func waits(for other: UploadAnnouncement) -> Bool {
        guard other.store == announcement.store,
            other.hasBegun || UploadAnnouncement.precedes(other, announcement)
        else { return false }
        return mustBeFirst(other) || (isLarge || !isServed) && isAlike(other)
    }

    /// Whether an upload is waited for whatever else the store has: the version before, or the same tensors in another format.
    ///
    /// What both formats changed since the version before is then sent once.
    func mustBeFirst(_ other: UploadAnnouncement) -> Bool {
        other.sketch.object == replaced || announcement.sample.isTwin(of: other.sample)
    }

    private func isAlike(_ other: UploadAnnouncement) -> Bool {
        versions.contains(other.sketch.object)
            || other.sketch.share(of: features) >= BaseFinder.alikeShare
    }
}
