import ModmetaFormats
import ModmetaTesting
import Testing

@Suite struct ChunkPlannerTests {
    /// Plans a file with a header and float32 tensors of these shapes; returns the lengths of its chunks.
    private func lengths(header: UInt64, _ shapes: [[UInt64]], _ element: ElementKind = .float32) -> [UInt64] {
        var start = header
        var tensors: [Layout.Tensor] = []
        for (index, shape) in shapes.enumerated() {
            let size = shape.reduce(UInt64(element.width), *)
            tensors.append(
                .init(name: "t\(index)", dtype: "X", element: element, shape: shape, range: start..<start + size))
            start += size
        }
        return ChunkPlanner.plan(Layout(format: .safetensors, size: start, tensors: tensors)).map { $0.range.length }
    }

    @Test func plansNothingForAnEmptyFile() {
        #expect(ChunkPlanner.plan(.opaque(size: 0)).isEmpty)
    }

    @Test func putsASmallFileIntoOneChunk() {
        #expect(lengths(header: 100, [[10], [20, 2], []]) == [100 + 40 + 160 + 4])
    }

    @Test func mergesSmallNeighboursUpToTheMinimum() {
        // 1 MiB each: two make a chunk, and the odd one joins the previous chunk.
        let one: [UInt64] = [1 << 18]
        #expect(lengths(header: 64, [one, one, one, one, one]) == [(2 << 20) + 64, 3 << 20])
        #expect(lengths(header: 64, [one, one, one]) == [(3 << 20) + 64])
    }

    @Test func closesAChunkAtEveryMediumTensor() {
        let bias: [UInt64] = [1024]
        let weight: [UInt64] = [1024, 1024]
        #expect(lengths(header: 0, [bias, weight, bias, weight]) == [(4 << 20) + 4096, (4 << 20) + 4096])
    }

    @Test func keepsRunsOfLargeTensorsPure() {
        let norm: [UInt64] = [1024]
        let large: [UInt64] = [5120, 1024]
        let expected: [UInt64] = [[80], large20, [4096], large20, [4096]].flatMap { $0 }
        #expect(lengths(header: 80, [large, norm, large, norm]) == expected)
    }

    /// 5120 rows of 4 KiB: at most 2048 fit in the target, so three runs of 1707, 1707 and 1706 rows are nearly equal.
    private let large20: [UInt64] = [1707 * 4096, 1707 * 4096, 1706 * 4096]

    @Test func doesNotCutATensorOfExactlyTheTarget() {
        #expect(lengths(header: 0, [[2048, 1024]]) == [8 << 20])
        #expect(lengths(header: 0, [[2049, 1024]]) == [1025 * 4096, 1024 * 4096])
    }

    @Test func cutsLongRowsInside() {
        // Rows of 12 MiB stay whole, rows of 20 MiB are split along the next dimension, a single long row at elements.
        #expect(lengths(header: 0, [[2, 3 << 20]]) == [12 << 20, 12 << 20])
        #expect(lengths(header: 0, [[2, 5, 1 << 20]]) == Array(repeating: 8 << 20, count: 5))
        #expect(lengths(header: 0, [[1, 6_291_457]]) == [6_291_460, 6_291_456, 6_291_456, 6_291_456])
        #expect(lengths(header: 0, [[(16 << 20) + 3]], .byte) == [5_592_407, 5_592_406, 5_592_406])
    }

    @Test func cutsElementsOfLessThanAByteAtBytes() {
        // Eight rows of 4-bit numbers: a row is not a whole number of bytes.
        let size: UInt64 = 12_582_916
        let layout = Layout(
            format: .safetensors, size: size,
            tensors: [.init(name: "q", dtype: "F4", element: .byte, shape: [8, 3_145_729], range: 0..<size)])
        #expect(ChunkPlanner.plan(layout).map { $0.range.length } == [size / 2, size / 2])
    }

    @Test func survivesLayoutsNobodyValidated() {
        let layout = Layout(
            format: .safetensors, size: 100,
            tensors: [
                .init(name: "a", dtype: "U8", element: .byte, shape: [0, .max], range: 10..<20),
                .init(name: "overlapping", dtype: "U8", element: .byte, shape: [], range: 5..<15),
                .init(name: "outside", dtype: "U8", element: .byte, shape: [], range: 90..<200),
            ])
        let plan = ChunkPlanner.plan(layout)
        #expect(plan.count == 1)
        #expect(plan[0].pieces.map(\.tensor) == [nil, 0, nil])
        #expect(plan[0].pieces.map(\.range) == [0..<10, 10..<20, 20..<100])
    }

    @Test(arguments: 0..<200)
    func coversEveryLayoutInOrderWithinLimits(seed: Int) throws {
        let layout = RandomLayout.make(seed: UInt64(seed))
        try layout.validate()
        let plan = ChunkPlanner.plan(layout)
        var covered: UInt64 = 0
        for chunk in plan {
            #expect(chunk.range.lowerBound == covered)
            #expect(!chunk.range.isEmpty && chunk.range.length <= UInt64(ChunkLimits.maximum))
            for piece in chunk.pieces {
                #expect(piece.range.lowerBound == covered && !piece.range.isEmpty)
                covered = piece.range.upperBound
                if let tensor = piece.tensor {
                    let owner = layout.tensors[tensor]
                    #expect(
                        owner.range.lowerBound <= piece.range.lowerBound
                            && piece.range.upperBound <= owner.range.upperBound)
                    #expect(piece.element == owner.element)
                } else {
                    // A short gap is coded like the following tensor if it holds whole numbers of its width.
                    #expect(piece.range.count.isMultiple(of: piece.element.width))
                    #expect(piece.element == .byte || piece.range.count <= 4096)
                    #expect(layout.tensors.allSatisfy { $0.range.isEmpty || !$0.range.overlaps(piece.range) })
                }
            }
            #expect(chunk.range.upperBound == covered)
        }
        #expect(covered == layout.size)
        // A chunk below the minimum is between large parts or ends of the file, never next to another small one.
        for (chunk, next) in zip(plan, plan.dropFirst()) {
            let limit = UInt64(ChunkLimits.minimum)
            #expect(chunk.range.length >= limit || next.range.length >= limit)
            if chunk.range.length < limit { #expect(next.pieces.count == 1 && next.isRun(of: layout)) }
        }
    }

    @Test(arguments: 0..<50)
    func cutsATensorTheSameWayInEveryFile(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        let layout = RandomLayout.make(seed: UInt64(seed))
        // The same tensors in another order after another header.
        var start = UInt64.random(in: 0...5_000_000, using: &generator)
        var other = Layout(format: .safetensors, size: 0, tensors: [])
        for var tensor in layout.tensors.shuffled(using: &generator) {
            tensor.range = start..<start + tensor.range.length
            start = tensor.range.upperBound
            other.tensors.append(tensor)
        }
        other.size = start
        let (runs, otherRuns) = (largeRuns(of: layout), largeRuns(of: other))
        #expect(runs == otherRuns)
    }

    /// The lengths of the runs of each tensor that is split, by name.
    private func largeRuns(of layout: Layout) -> [String: [UInt64]] {
        var runs: [String: [UInt64]] = [:]
        for chunk in ChunkPlanner.plan(layout) where chunk.isRun(of: layout) {
            guard let tensor = chunk.pieces[0].tensor else { continue }
            runs[layout.tensors[tensor].name, default: []].append(chunk.range.length)
        }
        for (name, lengths) in runs {
            let tensor = layout.tensors.first { $0.name == name }
            #expect(lengths.reduce(0, +) == tensor?.range.length)
        }
        return runs
    }

    @Test func plansAMillionTensorsInLinearTime() {
        let tensors = (0..<1_000_000).map { index in
            let start = UInt64(index) * 4 + 1000
            return Layout.Tensor(name: "\(index)", dtype: "F32", element: .float32, shape: [], range: start..<start + 4)
        }
        let plan = ChunkPlanner.plan(Layout(format: .safetensors, size: 4_001_000, tensors: tensors))
        #expect(plan.map { $0.range.length } == [4_001_000])
        #expect(plan[0].pieces.count == 1_000_001)
    }
}

extension Range<UInt64> {
    var length: UInt64 { upperBound - lowerBound }
}

extension PlannedChunk {
    /// Whether the chunk is part of something longer than the target.
    fileprivate func isRun(of layout: Layout) -> Bool {
        guard pieces.count == 1 else { return false }
        if let tensor = pieces[0].tensor { return layout.tensors[tensor].range.length > UInt64(ChunkLimits.target) }
        return true
    }
}
