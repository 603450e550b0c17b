/// A store's format document: its version, its name, and its collection epoch.
///
/// The byte layout is docs/formats/store.md.
public struct StoreFormat: Hashable, Sendable {
    /// The version this program writes, and the only one it reads.
    public static let currentVersion = 1
    /// The most bytes a document may have.
    public static let byteLimit = 16 << 10

    /// A random name that tells one store from another, whatever their URLs are.
    public struct ID: Hashable, Sendable, CustomStringConvertible {
        /// The 32 lower-case hexadecimal digits.
        public let hex: String

        /// Makes up a new name.
        public init() {
            let digits = Array("0123456789abcdef")
            hex = String((0..<32).map { _ in digits[Int.random(in: 0..<16)] })
        }

        /// Creates a name from 32 lower-case hexadecimal digits, or returns nil.
        public init?(hex: String) {
            let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
            guard hex.utf8.count == 32, hex.utf8.allSatisfy(isDigit) else { return nil }
            self.hex = hex
        }

        /// The 32 lower-case hexadecimal digits.
        public var description: String { hex }
    }

    /// A line this program does not know; it is kept for the programs that do.
    public struct Extra: Hashable, Sendable {
        /// The word before the first space.
        public var key: String
        /// What follows the first space.
        public var value: String

        /// Creates a line; neither part may hold a line feed, nor the key a space.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The store's name.
    public var id: ID
    /// How many collections were begun; local knowledge of another epoch is dropped.
    public var epoch: UInt64
    /// Lines of other keys, in their order.
    public var extras: [Extra]

    /// Creates the document of a new store, or a changed one.
    public init(id: ID = ID(), epoch: UInt64 = 0, extras: [Extra] = []) {
        self.id = id
        self.epoch = epoch
        self.extras = extras
    }
}
