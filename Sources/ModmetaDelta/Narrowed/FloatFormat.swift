import ModmetaFormats

/// The layout of sign, exponent and mantissa in a float, and conversions between formats with integer arithmetic alone.
///
/// See docs/formats/delta.md, "Narrowed".
struct FloatFormat {
    /// The bits of the exponent field.
    let exponentWidth: UInt64
    /// The bits of the mantissa field.
    let mantissaWidth: UInt64

    static let bfloat16 = FloatFormat(exponentWidth: 8, mantissaWidth: 7)
    static let float16 = FloatFormat(exponentWidth: 5, mantissaWidth: 10)
    static let float32 = FloatFormat(exponentWidth: 8, mantissaWidth: 23)
    static let float64 = FloatFormat(exponentWidth: 11, mantissaWidth: 52)

    private var largestExponent: UInt64 { 1 &<< exponentWidth &- 1 }
    private var mantissaMask: UInt64 { 1 &<< mantissaWidth &- 1 }
    private var bias: UInt64 { largestExponent &>> 1 }

    /// Returns the bits of the same value in a format whose fields are at least as wide; infinities and NaNs keep the
    /// leading bits of the mantissa.
    @inline(__always)
    func widen(_ bits: UInt64, to wide: FloatFormat) -> UInt64 {
        let sign = (bits &>> (exponentWidth &+ mantissaWidth)) &<< (wide.exponentWidth &+ wide.mantissaWidth)
        let exponent = (bits &>> mantissaWidth) & largestExponent
        let mantissa = bits & mantissaMask
        let shift = wide.mantissaWidth &- mantissaWidth
        if exponent == largestExponent {
            return sign | wide.largestExponent &<< wide.mantissaWidth | mantissa &<< shift
        }
        let rise = wide.bias &- bias
        if exponent > 0 || rise == 0 || mantissa == 0 {
            let isZero = exponent | mantissa == 0
            return sign | (isZero ? 0 : exponent &+ rise) &<< wide.mantissaWidth | mantissa &<< shift
        }
        // A denormal becomes a normal number.
        let top = UInt64(63 &- mantissa.leadingZeroBitCount)
        let raised = (mantissa &<< (wide.mantissaWidth &- top)) & wide.mantissaMask
        return sign | (rise &+ 1 &+ top &- mantissaWidth) &<< wide.mantissaWidth | raised
    }

    /// Returns the bits of the same value in a narrower format, or nil if it cannot represent the value.
    @inline(__always)
    func narrow(_ bits: UInt64, to narrow: FloatFormat) -> UInt64? {
        let sign = (bits &>> (exponentWidth &+ mantissaWidth)) &<< (narrow.exponentWidth &+ narrow.mantissaWidth)
        let exponent = (bits &>> mantissaWidth) & largestExponent
        let mantissa = bits & mantissaMask
        let shift = mantissaWidth &- narrow.mantissaWidth
        let rise = bias &- narrow.bias
        var result = sign | mantissa &>> shift
        if exponent == largestExponent {
            result |= narrow.largestExponent &<< narrow.mantissaWidth
        } else if exponent > rise {
            guard exponent &- rise < narrow.largestExponent else { return nil }
            result |= (exponent &- rise) &<< narrow.mantissaWidth
        } else if rise > 0, exponent > 0 {
            let distance = shift &+ rise &- exponent &+ 1
            guard distance < 64 else { return nil }
            result = sign | (1 &<< mantissaWidth | mantissa) &>> distance
        }
        return widenedEquals(bits, result, narrow) ? result : nil
    }

    @inline(__always)
    private func widenedEquals(_ bits: UInt64, _ result: UInt64, _ narrow: FloatFormat) -> Bool {
        narrow.widen(result, to: self) == bits
    }
}
