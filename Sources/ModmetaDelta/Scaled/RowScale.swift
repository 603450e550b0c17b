import ModmetaFormats

/// The mean movement of the values of a row, as the top 11 bits of a float32.
///
/// Only writers compute it, with sums in a fixed order, so the same input makes the same payload on every machine.
enum RowScale {
    /// The scale of a row of `count` words.
    @inline(__always)
    static func scale(
        _ new: UnsafeRawPointer, base: UnsafeRawPointer, count: Int, element: ElementKind
    ) -> Int {
        let sum: Float
        switch element {
        case .bfloat16: sum = movement16(new, base, count) { $0 &<< 16 }
        case .float16:
            // The bits of a float16 shifted here make a float32 that is too small by 2^112, denormals included.
            sum = movement16(new, base, count) { ($0 & 0x7FFF) &<< 13 | ($0 & 0x8000) &<< 16 } * 0x1p112
        case .float8E4M3: sum = movement16(new, base, count) { ($0 & 0x7F) &<< 20 | ($0 & 0x8000) &<< 16 } * 0x1p120
        case .float8E5M2: sum = movement16(new, base, count) { ($0 & 0x7F) &<< 21 | ($0 & 0x8000) &<< 16 } * 0x1p112
        case .packedFloat4: sum = movement16(new, base, count) { ($0 & 7) &<< 22 | ($0 & 0x8000) &<< 16 } * 0x1p126
        case .integer8, .packed4: sum = movement16(new, base, count, float: integer)
        default: sum = movement32(new, base, count)
        }
        return Int((sum / Float(count)).bitPattern >> 21) & 0x3FF
    }

    /// The signed movement of each word of a row.
    static func movement(
        _ new: UnsafeRawPointer, base: UnsafeRawPointer, count: Int, element: ElementKind,
        into output: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<count {
            switch element {
            case .bfloat16: output[index] = float16(new, index) { $0 << 16 } - float16(base, index) { $0 << 16 }
            case .float16:
                let expand = { (bits: UInt32) in (bits & 0x7FFF) << 13 | (bits & 0x8000) << 16 }
                output[index] = (float16(new, index, expand) - float16(base, index, expand)) * 0x1p112
            case .float8E4M3, .float8E5M2, .packedFloat4:
                let shift: UInt32 = element == .float8E4M3 ? 20 : element == .float8E5M2 ? 21 : 22
                let unit: Float = element == .float8E4M3 ? 0x1p120 : element == .float8E5M2 ? 0x1p112 : 0x1p126
                let expand = { (bits: UInt32) in (bits & 0x7F) << shift | (bits & 0x8000) << 16 }
                output[index] = (float16(new, index, expand) - float16(base, index, expand)) * unit
            case .integer8, .packed4:
                let expand = { (bits: UInt32) in RowScale.integer(SIMD8(repeating: bits))[0] }
                output[index] = float16(new, index, expand) - float16(base, index, expand)
            default:
                output[index] =
                    new.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
                    - base.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            }
        }
    }

    /// The bits of a float32 with the value of a widened integer.
    @inline(__always)
    private static func integer(_ words: SIMD8<UInt32>) -> SIMD8<UInt32> {
        let value = (words & 0x7FFF) ^ (0 &- (words &>> 15))
        return unsafeBitCast(SIMD8<Float>(unsafeBitCast(value, to: SIMD8<Int32>.self)), to: SIMD8<UInt32>.self)
    }

    @inline(__always)
    private static func float16(_ words: UnsafeRawPointer, _ index: Int, _ expand: (UInt32) -> UInt32) -> Float {
        Float(bitPattern: expand(UInt32(words.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))))
    }

    @inline(__always)
    private static func movement16(
        _ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ count: Int,
        float: (SIMD8<UInt32>) -> SIMD8<UInt32>
    ) -> Float {
        var sums = SIMD8<Float>()
        var index = 0
        while index + 8 <= count {
            let left = new.loadUnaligned(fromByteOffset: 2 * index, as: SIMD8<UInt16>.self)
            let right = base.loadUnaligned(fromByteOffset: 2 * index, as: SIMD8<UInt16>.self)
            let difference =
                unsafeBitCast(float(SIMD8<UInt32>(truncatingIfNeeded: left)), to: SIMD8<Float>.self)
                - unsafeBitCast(float(SIMD8<UInt32>(truncatingIfNeeded: right)), to: SIMD8<Float>.self)
            sums += magnitude(difference)
            index += 8
        }
        while index < count {
            let left = new.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
            let right = base.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
            let difference =
                Float(bitPattern: float(SIMD8<UInt32>(repeating: UInt32(left)))[0])
                - Float(bitPattern: float(SIMD8<UInt32>(repeating: UInt32(right)))[0])
            sums[index & 7] += difference.magnitude
            index += 1
        }
        return total(sums)
    }

    private static func movement32(_ new: UnsafeRawPointer, _ base: UnsafeRawPointer, _ count: Int) -> Float {
        var sums = SIMD8<Float>()
        var index = 0
        while index + 8 <= count {
            let left = new.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
            let right = base.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
            sums += magnitude(left - right)
            index += 8
        }
        while index < count {
            let left = new.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            let right = base.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            sums[index & 7] += (left - right).magnitude
            index += 1
        }
        return total(sums)
    }

    @inline(__always)
    private static func magnitude(_ value: SIMD8<Float>) -> SIMD8<Float> {
        unsafeBitCast(
            unsafeBitCast(value, to: SIMD8<UInt32>.self) & SIMD8(repeating: 0x7FFF_FFFF), to: SIMD8<Float>.self)
    }

    static func total(_ sums: SIMD8<Float>) -> Float {
        let four = sums.lowHalf + sums.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }
}
