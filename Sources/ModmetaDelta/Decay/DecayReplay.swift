/// Weight decay as an optimizer applies it to float32 weights without gradient: a series of multiplications.
///
/// Each factor is 1 - k * 2^-24, the form of every float32 in [0.5, 1]. IEEE binary32 multiplication is correctly
/// rounded, so the result is the same on every machine. See docs/formats/delta.md, "Decay".
struct DecayReplay: Hashable {
    /// A series of equal factors.
    struct Stretch: Hashable {
        /// The factor is 1 - `k` * 2^-24.
        var k: Int
        var count: Int
    }

    /// The most multiplications in a schedule, so that a small payload cannot demand hours of work.
    static let maximumSteps = 1024
    /// The largest k; all factors are above one half.
    static let maximumK = 1 << 23 - 1

    private(set) var stretches: [Stretch] = []
    private var factors: [Float] = []

    init() {}

    /// The number of multiplications.
    var steps: Int { factors.count }

    /// Appends a multiplication.
    mutating func append(k: Int) {
        if let last = stretches.last, last.k == k {
            stretches[stretches.count - 1].count += 1
        } else {
            stretches.append(Stretch(k: k, count: 1))
        }
        factors.append(DecayReplay.factor(k))
    }

    /// The factor for a `k` below `maximumK`.
    @inline(__always)
    static func factor(_ k: Int) -> Float { 1 - Float(k) * 0x1p-24 }

    /// The words decayed at once: four vectors, so that multiplications do not wait for each other.
    private static let blockWords = 32

    /// Writes the decayed words; base and output may be unaligned.
    func apply(_ base: UnsafeRawPointer, count: Int, into output: UnsafeMutableRawPointer) {
        var index = 0
        while index + DecayReplay.blockWords <= count {
            decayBlock(base + 4 * index, into: output + 4 * index)
            index += DecayReplay.blockWords
        }
        while index < count {
            var word = base.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            for factor in factors { word *= factor }
            output.storeBytes(of: word, toByteOffset: 4 * index, as: Float.self)
            index += 1
        }
    }

    /// Whether the decayed words equal the new ones exactly, with no infinity or NaN among them.
    ///
    /// Processors differ in the bits of the NaNs they make, so rows with NaNs are never replayed.
    func reproduces(_ new: UnsafeRawPointer, from base: UnsafeRawPointer, count: Int) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4 * DecayReplay.blockWords, alignment: 16) { block in
            var index = 0
            while index < count {
                let length = min(DecayReplay.blockWords, count - index)
                let part = UnsafeMutableRawBufferPointer(rebasing: block[0..<4 * length])
                apply(base + 4 * index, count: length, into: part.baseAddress!)
                let expected = UnsafeRawBufferPointer(start: new + 4 * index, count: 4 * length)
                guard UnsafeRawBufferPointer(part).equals(expected) else { return false }
                index += length
            }
            var largest: UInt32 = 0
            for index in 0..<count {
                largest = max(largest, base.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self) & 0x7FFF_FFFF)
            }
            return largest < 0x7F80_0000
        }
    }

    @inline(__always)
    private func decayBlock(_ base: UnsafeRawPointer, into output: UnsafeMutableRawPointer) {
        var a = base.loadUnaligned(as: SIMD8<Float>.self)
        var b = base.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
        var c = base.loadUnaligned(fromByteOffset: 64, as: SIMD8<Float>.self)
        var d = base.loadUnaligned(fromByteOffset: 96, as: SIMD8<Float>.self)
        for factor in factors {
            let vector = SIMD8(repeating: factor)
            a *= vector
            b *= vector
            c *= vector
            d *= vector
        }
        output.storeBytes(of: a, as: SIMD8<Float>.self)
        output.storeBytes(of: b, toByteOffset: 32, as: SIMD8<Float>.self)
        output.storeBytes(of: c, toByteOffset: 64, as: SIMD8<Float>.self)
        output.storeBytes(of: d, toByteOffset: 96, as: SIMD8<Float>.self)
    }
}

extension DecayReplay {
    /// Appends the stretches.
    func append(to output: inout [UInt8]) {
        output.append(number: stretches.count)
        for stretch in stretches {
            output.append(number: stretch.k)
            output.append(number: stretch.count)
        }
    }

    /// Reads the stretches.
    init(parsing reader: inout PayloadReader) throws(DeltaError) {
        self.init()
        let offset = reader.offset
        let count = try reader.number("the number of decay factors")
        guard count > 0, count <= DecayReplay.maximumSteps else {
            throw DeltaError(.malformed, "a decay has \(count) different factors", offset: offset)
        }
        for _ in 0..<count {
            let stretchOffset = reader.offset
            let k = try reader.number("a decay factor")
            let repeats = try reader.number("the repeat count of a decay factor")
            guard k > 0, k <= DecayReplay.maximumK, repeats > 0, repeats <= DecayReplay.maximumSteps - steps else {
                throw DeltaError(
                    .malformed, "a decay by factor \(k), \(repeats) times, is out of range",
                    offset: stretchOffset)
            }
            for _ in 0..<repeats { append(k: k) }
        }
    }
}
