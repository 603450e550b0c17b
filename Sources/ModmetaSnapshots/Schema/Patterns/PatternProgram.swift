/// A pattern as instructions for a machine that is at many of them at once.
struct PatternProgram {
    enum Instruction {
        /// One character of a set, then the next instruction.
        case take(ScalarSet)
        /// Two ways to go on.
        case fork(Int, Int)
        case go(Int)
        case require(PatternAssertion)
        case accept
    }

    private(set) var instructions: [Instruction] = []

    init(_ node: PatternNode) {
        add(node)
        instructions.append(.accept)
    }

    private mutating func add(_ node: PatternNode) {
        switch node {
        case .character(let set): instructions.append(.take(set))
        case .assertion(let assertion): instructions.append(.require(assertion))
        case .sequence(let parts): for part in parts { add(part) }
        case .alternatives(let parts):
            var ends: [Int] = []
            for part in parts.dropLast() {
                addFork {
                    $0.add(part); ends.append($0.reserve())
                }
            }
            if let last = parts.last { add(last) }
            for end in ends { instructions[end] = .go(instructions.count) }
        case .repetition(let part, let least, let most):
            for _ in 0..<least { add(part) }
            guard let most else {
                let start = instructions.count
                addFork {
                    $0.add(part); $0.instructions.append(.go(start))
                }
                return
            }
            for _ in least..<most { addFork { $0.add(part) } }
        }
    }

    /// Adds a fork between what follows it and what comes after that.
    private mutating func addFork(before content: (inout PatternProgram) -> Void) {
        let fork = reserve()
        content(&self)
        instructions[fork] = .fork(fork + 1, instructions.count)
    }

    private mutating func reserve() -> Int {
        instructions.append(.accept)
        return instructions.count - 1
    }
}
