import Glibc
import ModmetaFormats

/// Estimates from a sample whether grouping differences by the base's exponent pays.
///
/// Compares the entropy of the plane bytes with their entropy given the exponent, less what the tables of the groups cost.
struct FilterChoice {
    private static let stretches = 8
    private static let stretchWords = 4096
    /// The bytes of the tables and headers a group adds to a plane.
    private static let groupCost = 60.0

    /// Whether `.grouped` is estimated to be smaller than `.planes`.
    static func prefersGroups(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, element: ElementKind
    ) -> Bool {
        guard let field = element.exponentField else { return false }
        switch element.width {
        case 2: return prefersGroups(UInt16.self, new, base, field)
        case 4: return prefersGroups(UInt32.self, new, base, field)
        default: return false
        }
    }

    @inline(__always)
    private static func prefersGroups<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawBufferPointer, _ base: UnsafeRawBufferPointer, _ field: ExponentField
    ) -> Bool {
        let size = MemoryLayout<Word>.size
        let count = new.count / size
        let sampled = min(count, stretches * stretchWords)
        guard sampled > 1024 else { return false }
        var differences: [Word] = []
        var groups: [Int] = []
        differences.reserveCapacity(sampled)
        groups.reserveCapacity(sampled)
        let stretch = sampled / stretches
        for part in 0..<stretches {
            let start = (count - stretch) * part / (stretches - 1)
            for index in start..<start + stretch {
                let old = base.loadUnaligned(fromByteOffset: index * size, as: Word.self)
                let difference = new.loadUnaligned(fromByteOffset: index * size, as: Word.self) &- old
                differences.append((difference &<< 1) ^ (0 &- (difference &>> Word(Word.bitWidth - 1))))
                groups.append(Int(truncatingIfNeeded: old &>> Word(field.shift)) & (field.count - 1))
            }
        }
        let scale = Double(count) / Double(differences.count)
        var gain = 0.0
        for plane in 0..<size {
            gain += planeGain(differences, groups, shift: Word(8 * plane), groupCount: field.count, scale: scale)
        }
        return gain > 0
    }

    /// The bytes grouping saves on one plane of the whole run.
    @inline(__always)
    private static func planeGain<Word: FixedWidthInteger & UnsignedInteger>(
        _ differences: [Word], _ groups: [Int], shift: Word, groupCount: Int, scale: Double
    ) -> Double {
        var counts = [UInt32](repeating: 0, count: groupCount * 256)
        for index in 0..<differences.count {
            counts[groups[index] << 8 | Int(truncatingIfNeeded: differences[index] &>> shift) & 255] += 1
        }
        var all = [UInt32](repeating: 0, count: 256)
        var conditional = 0.0
        var cost = 0.0
        var cells = 0
        for group in 0..<groupCount {
            let row = counts[group << 8..<(group + 1) << 8]
            var total: UInt32 = 0
            var kinds = 0
            for (value, count) in zip(0..., row) where count > 0 {
                conditional -= Double(count) * log2(Double(count))
                all[value] += count
                total += count
                kinds += 1
            }
            if total > 0 { conditional += Double(total) * log2(Double(total)) }
            if kinds > 1 { cost += groupCost }
            cells += kinds
        }
        var plain = Double(differences.count) * log2(Double(differences.count))
        for count in all where count > 0 {
            plain -= Double(count) * log2(Double(count))
            cells -= 1
        }
        // A sample makes more cells look more ordered than they are, by about half a nat each (Miller and Madow).
        let bias = 0.72 * Double(cells)
        return (plain - conditional - bias) / 8 * scale - cost
    }
}
