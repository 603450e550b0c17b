/// A precaution that a test leaves out, to prove that the simulator notices; nothing else ever leaves one out.
package enum Omission: Hashable, Sendable, CaseIterable {
    /// The hash of a whole file, when it was read to be sent and when it was received.
    case wholeFileHash
    /// The hash and the length of a payload that was read.
    case payloadDigest
    /// The hash of a chunk that an interrupted download left.
    case partialRehash
    /// The payloads that serve as bases only, in the question whether a manifest's payloads are there.
    case basePayloads
    /// That a payload is journaled once it was acknowledged, and looked for before the journal is believed.
    case journalOrder
    /// The look whether a collection has deleted what was relied on.
    case collections
}
