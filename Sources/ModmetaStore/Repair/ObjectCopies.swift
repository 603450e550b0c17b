public import ModmetaFormats

/// Copies of LFS objects outside a store, out of which a repair takes chunks.
public protocol ObjectCopies: Sendable {
    /// Gives a run of bytes of each copy of an object until one is accepted.
    ///
    /// What is not there, or cannot be read, is passed over. Copies may be of anything: whoever accepts bytes has
    /// compared them with a hash.
    ///
    /// - Parameter size: the size of the object.
    /// - Returns: the bytes that were accepted, or nil.
    func bytes(
        of object: ObjectID, size: UInt64, range: Range<UInt64>, accept: ([UInt8]) -> Bool
    ) async throws -> [UInt8]?
}
