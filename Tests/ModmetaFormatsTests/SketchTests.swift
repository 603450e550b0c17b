import ModmetaFormats
import Testing

@Suite struct SketchTests {
    static func sketch(_ features: Set<UInt64>) -> Sketch {
        Sketch(object: ObjectID(SHA256.hash([1])), size: 5, stored: 7, features: features)
    }

    @Test func readsWhatItWrites() throws {
        let sketch = Self.sketch([3, 1, .max, 2])
        #expect(sketch.features == [1, 2, 3, .max])
        #expect(try Sketch(parsing: sketch.serialized()) == sketch)
    }

    @Test func keepsTheSmallest() {
        #expect(Self.sketch(Set(0..<1000)).features == Array(0..<128))
    }

    @Test func refusesEveryTruncationAndUnknownVersions() {
        let bytes = Self.sketch([1, 2, 3]).serialized()
        for count in 0..<bytes.count {
            #expect(throws: FormatError.self) { try Sketch(parsing: Array(bytes.prefix(count))) }
        }
        var later = bytes
        later[4] = 2
        let error = #expect(throws: FormatError.self) { try Sketch(parsing: later) }
        #expect(error?.code == .unsupportedVersion)
        var disordered = bytes
        disordered.swapAt(55, 63)
        #expect(throws: FormatError.self) { try Sketch(parsing: disordered) }
    }
}
