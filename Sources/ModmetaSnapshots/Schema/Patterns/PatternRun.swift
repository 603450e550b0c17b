/// The places of a pattern at which a text may be.
struct PatternRun {
    private let instructions: [PatternProgram.Instruction]
    /// Instructions at which the text arrived, forks and the like not yet followed.
    private var arrived: [Int] = []
    /// Instructions that take the next character.
    private var waiting: [Int] = []
    /// The last time each instruction was visited, so that each is visited once between two characters.
    private var visits: [Int]
    private var time = 0

    init(_ program: PatternProgram) {
        instructions = program.instructions
        visits = [Int](repeating: 0, count: instructions.count)
    }

    /// Follows all that takes no character, from a new beginning too; true if that accepts the text.
    mutating func settle(between left: Unicode.Scalar?, and right: Unicode.Scalar?, steps: inout Int) -> Bool {
        time += 1
        waiting.removeAll(keepingCapacity: true)
        arrived.append(0)
        while let place = arrived.popLast() {
            steps -= 1
            guard visits[place] != time else { continue }
            visits[place] = time
            switch instructions[place] {
            case .accept: return true
            case .take: waiting.append(place)
            case .go(let next): arrived.append(next)
            case .fork(let first, let second): arrived += [first, second]
            case .require(let assertion): if assertion.holds(between: left, and: right) { arrived.append(place + 1) }
            }
        }
        return false
    }

    /// Takes a character wherever the pattern allows it.
    mutating func take(_ scalar: Unicode.Scalar, steps: inout Int) {
        steps -= waiting.count
        for place in waiting {
            if case .take(let set) = instructions[place], set.contains(scalar) { arrived.append(place + 1) }
        }
    }
}
