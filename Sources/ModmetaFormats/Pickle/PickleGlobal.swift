/// A class or function that a pickle would import when loaded, and its module.
public struct PickleGlobal: Hashable, Sendable {
    /// The module, for example `torch._utils`.
    public var module: String
    /// The name in the module, which may contain dots.
    public var name: String

    /// Creates the name of a class or function.
    public init(module: String, name: String) {
        self.module = module
        self.name = name
    }

    /// Whether two names have the same bytes.
    public static func == (left: PickleGlobal, right: PickleGlobal) -> Bool {
        left.name.hasSameBytes(as: right.name) && left.module.hasSameBytes(as: right.module)
    }

    /// Hashes the bytes of both parts.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(module))
        hasher.combine(ByteString(name))
    }
}

extension PickleGlobal: CustomStringConvertible {
    /// Module and name, separated by a dot.
    public var description: String { "\(module).\(name)" }
}
