/// Something in the place of a ref that no ref can be read from.
struct RefProblem {
    /// In which way it is wrong.
    var kind: HistoryReport.Finding.Kind
    /// The full name of the ref, the directory below `refs/`, or `packed-refs`; it may hold any bytes.
    var place: [UInt8]
    /// What exactly is wrong, without a full stop.
    var detail: String

    /// Decides what becomes of a problem: throws to end the reading, or returns to have the rest read.
    typealias Handler = (RefProblem) throws -> Void

    /// The place for people to read.
    var shownPlace: String { RefValue.shown(place) }

    /// The error for callers that must know every ref.
    ///
    /// - Parameter directory: the Git directory as messages call it.
    func refusal(in directory: String) -> RemoteHelperError {
        let advice =
            place == PackedRefs.fileName
            ? "run git fsck there"
            : "make it readable, put it back from another repository, or delete it if nobody needs it"
        return RemoteHelperError(
            .badStore,
            "\(shownPlace) in \(directory) cannot be used (\(detail)), so not all that must stay is known; \(advice)")
    }
}
