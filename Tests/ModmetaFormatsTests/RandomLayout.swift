import ModmetaFormats
import ModmetaTesting

/// Random layouts like those of checkpoints: a header, then tensors from empty to very large, sometimes with gaps.
enum RandomLayout {
    /// Creates the layout of a seed.
    static func make(seed: UInt64) -> Layout {
        var generator = SeededRandom(seed: seed &* 0x1000_0000 &+ 1)
        var start = UInt64.random(in: 8...100_000, using: &generator)
        if seed % 16 == 15 { start = UInt64.random(in: 1_000_000...30_000_000, using: &generator) }
        var tensors: [Layout.Tensor] = []
        for index in 0..<Int.random(in: 0...60, using: &generator) {
            let element = ElementKind.allCases.randomElement(using: &generator)!
            // Dimensions whose product spreads over all magnitudes from 1 to some hundred million.
            let rank = Int.random(in: 0...4, using: &generator)
            var shape = (0..<rank).map { _ in UInt64(1) << UInt64.random(in: 0...8, using: &generator) }
            if rank > 0 { shape[0] *= UInt64.random(in: 0...3000, using: &generator) }
            let size = shape.reduce(UInt64(element.width), *)
            guard size < 300_000_000 else { continue }
            if Int.random(in: 0..<20, using: &generator) == 0 { start += UInt64.random(in: 1...100, using: &generator) }
            tensors.append(
                .init(name: "t.\(index)", dtype: "X", element: element, shape: shape, range: start..<start + size))
            start += size
        }
        return Layout(format: .safetensors, size: start + seed % 3, tensors: tensors)
    }
}
