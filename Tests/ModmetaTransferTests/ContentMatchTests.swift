import ModmetaFormats
import ModmetaTransfer
import Testing

/// What names do not say is found by the numbers.
@Suite struct ContentMatchTests {
    private static func model() -> SyntheticCheckpoint {
        SyntheticCheckpoint(seed: 9, shapes: (0..<4).map { ("encoder.layer.\($0).weight", 1000, 512) })
    }

    /// How much a file adds to a store that has others, after a training step.
    private func cost(of change: (inout SyntheticCheckpoint) -> Void) async throws -> (added: Int, size: Int) {
        let bench = try Workbench()
        var model = Self.model()
        try await bench.push(model.file())
        model.train()
        let before = try await bench.storedBytes()
        change(&model)
        let file = model.file()
        let object = try await bench.push(file)
        let added = try await bench.storedBytes() - before
        #expect(try await Workbench(store: bench.store).fetch(object, size: file.count) == file)
        return (added, file.count)
    }

    @Test func tensorsOfOtherNames() async throws {
        let plain = try await cost { _ in }
        let renamed = try await cost { model in
            for (index, name) in ["q", "blocks.a", "other", "x.y.z"].enumerated() { model.tensors[index].name = name }
            model.tensors.reverse()
        }
        #expect(plain.added < plain.size / 4)
        #expect(renamed.added < plain.added + plain.size / 50)
    }

    @Test func rowsThatAreDividedOtherwise() async throws {
        let divided = try await cost { model in
            // Each part of 600 rows has the end of one tensor and the beginning of the next.
            let all = model.tensors.flatMap(\.weights)
            model.tensors = stride(from: 0, to: all.count, by: 600 * 512).enumerated().map { index, start in
                let weights = Array(all[start..<min(all.count, start + 600 * 512)])
                return SyntheticCheckpoint.Tensor(
                    name: "part\(index)", rows: weights.count / 512, columns: 512, weights: weights)
            }
        }
        #expect(divided.added < divided.size / 4)
    }

    @Test func flatMemoryThatIsDividedOtherwise() async throws {
        let divided = try await cost { model in
            let all = Array(model.tensors.flatMap(\.weights).dropFirst(12_345))
            model.tensors = [SyntheticCheckpoint.Tensor(name: "flat", rows: 1, columns: all.count, weights: all)]
        }
        #expect(divided.added < divided.size / 4)
    }

    @Test func rowsThatWereTakenOut() async throws {
        let pruned = try await cost { model in
            model.tensors[1].weights.removeSubrange(300 * 512..<420 * 512)
            model.tensors[1].rows -= 120
        }
        #expect(pruned.added < pruned.size / 4)
    }

    @Test func unrelatedTensorsAreNoBase() async throws {
        let bench = try Workbench()
        try await bench.push(Self.model().file())
        let other = SyntheticCheckpoint(seed: 10, shapes: [("something.else", 4000, 512)])
        let object = try await bench.push(other.file())
        #expect(try await bench.manifest(of: object).entries.allSatisfy { $0.encoding != .delta })
    }
}
