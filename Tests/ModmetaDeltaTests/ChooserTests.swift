import ModmetaDelta
import ModmetaFormats
import Testing

/// The form chosen from a sample is hardly larger than the smallest of all forms.
@Suite struct ChooserTests {
    enum Change: CaseIterable {
        case few, many, rows, nothingAlike, half
    }

    struct Case: CustomTestStringConvertible {
        var element: ElementKind
        var change: Change
        var testDescription: String { "\(element), \(change)" }
    }

    static let elements: [ElementKind] = [.integer32, .bfloat16, .float32, .integer8, .q80]
    static let cases = elements.flatMap { element in Change.allCases.map { Case(element: element, change: $0) } }

    @Test(arguments: cases) func losesAtMostOneInAHundred(_ change: Case) throws {
        let count = 280_000 / change.element.width * change.element.width
        let base = Samples.weights(change.element, bytes: count, seed: 71)
        let new = changed(base, change)
        let pieces = [CodedPiece(length: count, element: change.element, base: 0..<count, rowLength: 200)]
        let chosen = try ChunkCodec().delta(new, base: base, pieces: pieces)
        let best = try ChunkCodec(effort: .exhaustive).delta(new, base: base, pieces: pieces)
        #expect(try ChunkCodec().decoded(best, .delta, base: base, count: count) == new)
        #expect(chosen.count <= best.count * 101 / 100 + 64)
        let full = try ChunkCodec().full(new, pieces: pieces)?.count ?? count
        let bestFull = try ChunkCodec(effort: .exhaustive).full(new, pieces: pieces)?.count ?? count
        #expect(full <= bestFull * 101 / 100 + 64)
    }

    private func changed(_ base: [UInt8], _ change: Case) -> [UInt8] {
        var generator = Generator(seed: 72)
        let width = change.element.width
        var new = base
        switch change.change {
        case .few:
            for _ in 0..<200 { new[Int.random(in: 0..<new.count / width, using: &generator) * width] &+= 1 }
        case .many: new = Samples.trained(base, change.element, seed: 73)
        case .rows:
            for start in stride(from: 0, to: new.count, by: 7 * 200 * width) {
                for index in stride(from: start, to: min(new.count, start + 200 * width), by: width) {
                    new[index] &+= 3
                }
            }
        case .nothingAlike: new = Samples.weights(change.element, bytes: base.count, seed: 74)
        case .half:
            let trained = Samples.trained(base, change.element, seed: 75)
            new = Array(base[..<(base.count / 2)] + trained[(base.count / 2)...])
        }
        return new
    }
}
