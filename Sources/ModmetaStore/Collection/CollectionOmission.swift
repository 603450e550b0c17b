/// A precaution of a collection that a test leaves out, to prove that the simulator notices; nothing else ever does.
package enum CollectionOmission: Hashable, Sendable, CaseIterable {
    /// That what must stay is all there before anything is deleted.
    case accounting
    /// That what is needed again is taken from the list.
    case rescue
    /// The claim, by which two collections never delete at the same time.
    case claims
    /// The time between condemnation and deletion.
    case grace
    /// That a copy looks whether payloads are there before it writes a manifest.
    case payloadsOfCopies
    /// That a copy proves that what refs need came across.
    case proofOfCopies
}
