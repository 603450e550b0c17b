/// A name a pickle would import if it were loaded: a class or function and the module it is in.
public struct PickleGlobal: Hashable, Sendable {
    /// The module, for example `torch._utils`.
    public var module: String
    /// The name in the module, which may have dots.
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

    /// Feeds the bytes of both parts to a hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(module))
        hasher.combine(ByteString(name))
    }
}

extension PickleGlobal: CustomStringConvertible {
    /// Module and name with a dot between.
    public var description: String { "\(module).\(name)" }
}
