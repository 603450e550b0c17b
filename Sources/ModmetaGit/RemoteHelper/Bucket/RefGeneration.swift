internal import ModmetaStore

/// All refs of a bucket at one moment, and the packs that hold what they lead to.
///
/// See docs/formats/store.md, "Generations of refs".
struct RefGeneration: Equatable, Sendable {
    /// The version this program writes, and the only one it reads.
    static let currentVersion = 1
    /// The most bytes a document may have: about 200,000 refs.
    static let byteLimit = 32 << 20

    /// 128 random bits, by which a writer recognises its own work.
    struct Nonce: Hashable, Sendable {
        /// 32 lower-case hexadecimal digits.
        let hex: String

        /// Makes up a new one.
        init() { hex = StoreFormat.ID().hex }

        /// Takes 32 lower-case hexadecimal digits, or returns nil.
        init?(hex: String) {
            guard let id = StoreFormat.ID(hex: hex) else { return nil }
            self.hex = id.hex
        }
    }

    /// 1 for the first, then one more each time.
    var number: UInt64
    /// The writer's.
    var nonce: Nonce
    /// The hash that names objects.
    var objectFormat: GitObjectFormat
    /// The refs and HEAD; annotated tags are peeled.
    var refs: StoreRefs
    /// The packs, oldest first; together they hold all that the refs lead to.
    var packs: [ListedPack]

    /// Where generations lie in a bucket.
    static let directory = "modmeta/refs/"

    /// The path of a generation: its number inverted, so that the newest is the first in order.
    static func path(of number: UInt64) -> String {
        let digits = String(~number, radix: 16)
        return directory + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The number in a path, or nil if it is no generation's.
    static func number(in path: String) -> UInt64? {
        let name = path.dropFirst(directory.count)
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        guard path.hasPrefix(directory), name.utf8.count == 16, name.utf8.allSatisfy(isDigit),
            let inverted = UInt64(name, radix: 16), inverted != .max
        else { return nil }
        return ~inverted
    }
}
