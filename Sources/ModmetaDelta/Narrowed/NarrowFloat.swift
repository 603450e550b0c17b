import ModmetaFormats

/// Converts runs of floats to a narrower type that represents all their values, and back.
///
/// Checkpoints are often saved in a wider type than they were trained in. See docs/formats/delta.md, "Narrowed".
enum NarrowFloat {
    /// The types that floats may be narrowed to, likeliest first.
    static func candidates(for element: ElementKind) -> [ElementKind] {
        switch element {
        case .float32: [.bfloat16, .float16]
        case .float64: [.float32]
        default: []
        }
    }

    /// Writes the narrowed words; returns false if the narrower type cannot represent one of them.
    static func narrow(
        _ wide: UnsafeRawBufferPointer, _ element: ElementKind, to narrow: ElementKind,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        switch (element, narrow) {
        case (.float32, .bfloat16): shorten(wide, output)
        case (.float32, _): convert(UInt32.self, UInt16.self, wide, .float32, .float16, output)
        default: convert(UInt64.self, UInt32.self, wide, .float64, .float32, output)
        }
    }

    /// Undoes `narrow`.
    static func widen(
        _ narrow: UnsafeRawBufferPointer, _ element: ElementKind, to wide: ElementKind,
        into output: UnsafeMutableRawBufferPointer
    ) {
        switch (element, wide) {
        case (.bfloat16, _): restore(UInt16.self, UInt32.self, narrow, .bfloat16, .float32, output)
        case (.float16, _): restore(UInt16.self, UInt32.self, narrow, .float16, .float32, output)
        default: restore(UInt32.self, UInt64.self, narrow, .float32, .float64, output)
        }
    }

    /// bfloat16 is the upper half of float32.
    private static func shorten(_ wide: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Bool {
        var index = 0
        let count = wide.count / 4
        while index < count {
            let end = min(index + 1024, count)
            var rest: UInt32 = 0
            for word in index..<end {
                let bits = wide.loadUnaligned(fromByteOffset: 4 &* word, as: UInt32.self)
                rest |= bits
                output.storeBytes(
                    of: UInt16(truncatingIfNeeded: bits &>> 16), toByteOffset: 2 &* word, as: UInt16.self)
            }
            guard rest & 0xFFFF == 0 else { return false }
            index = end
        }
        return true
    }

    @inline(__always)
    private static func convert<Wide: FixedWidthInteger & UnsignedInteger, Narrow: FixedWidthInteger & UnsignedInteger>(
        _: Wide.Type, _: Narrow.Type, _ wide: UnsafeRawBufferPointer, _ from: FloatFormat, _ to: FloatFormat,
        _ output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        for index in 0..<wide.count / MemoryLayout<Wide>.size {
            let bits = wide.loadUnaligned(fromByteOffset: index &* MemoryLayout<Wide>.size, as: Wide.self)
            guard let narrow = from.narrow(UInt64(bits), to: to) else { return false }
            output.storeBytes(
                of: Narrow(truncatingIfNeeded: narrow), toByteOffset: index &* MemoryLayout<Narrow>.size,
                as: Narrow.self)
        }
        return true
    }

    @inline(__always)
    private static func restore<Narrow: FixedWidthInteger & UnsignedInteger, Wide: FixedWidthInteger & UnsignedInteger>(
        _: Narrow.Type, _: Wide.Type, _ narrow: UnsafeRawBufferPointer, _ from: FloatFormat, _ to: FloatFormat,
        _ output: UnsafeMutableRawBufferPointer
    ) {
        for index in 0..<narrow.count / MemoryLayout<Narrow>.size {
            let bits = narrow.loadUnaligned(fromByteOffset: index &* MemoryLayout<Narrow>.size, as: Narrow.self)
            output.storeBytes(
                of: Wide(truncatingIfNeeded: from.widen(UInt64(bits), to: to)),
                toByteOffset: index &* MemoryLayout<Wide>.size, as: Wide.self)
        }
    }
}
