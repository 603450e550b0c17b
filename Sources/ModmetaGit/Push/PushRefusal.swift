/// Why a ref is not pushed.
///
/// The first group are words that git itself looks for, to show its own explanations.
enum PushRefusal {
    static let fetchFirst = "fetch first"
    static let nonFastForward = "non-fast forward"
    static let needsForce = "needs force"
    static let alreadyExists = "already exists"
    static let staleInfo = "stale info"
    static let noMatch = "no match"

    // What git-receive-pack says in the same cases.
    static let funnyName = "funny refname"
    static let currentBranch = "deletion of the current branch prohibited"
    static let atomic = "atomic push failed"

    static let notCommit = "a branch can only point to a commit"
    static let restless = "the ref keeps changing; push again"
}
