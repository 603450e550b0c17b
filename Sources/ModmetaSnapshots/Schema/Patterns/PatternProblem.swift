/// Why a text is no pattern that can be used.
struct PatternProblem: Error, Hashable {
    /// What is wrong, to be read after "its pattern".
    var reason: String
    /// The character where it was seen, from 1; nil if it concerns the whole.
    var position: Int?

    /// The reason and the place.
    var sentence: String { reason + (position.map { ", at character \($0)" } ?? "") }
}
