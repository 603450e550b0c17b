/// A class or function that a pickle would import, with a verdict.
public struct PickleImport: Hashable, Sendable {
    /// How much harm importing and calling it can do.
    public enum Verdict: String, Hashable, Sendable, Comparable {
        /// Checkpoints use it to describe data; it does nothing else.
        case harmless
        /// On neither list: code of a library or of the user, which may do anything.
        case unknown
        /// It runs commands or code, opens files or connections, or leads to something that does.
        case dangerous

        /// Whether one verdict is better than another.
        public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .harmless: 0
            case .unknown: 1
            case .dangerous: 2
            }
        }
    }

    /// The class or function.
    public var global: PickleGlobal
    /// How much harm it can do.
    public var verdict: Verdict

    /// Judges a class or function by its name.
    public init(_ global: PickleGlobal) {
        self.global = global
        verdict = PickleImport.verdict(of: global)
    }

    private static func verdict(of global: PickleGlobal) -> Verdict {
        // Later protocols resolve names part by part, so "torch" and "hub.os.system" lead to "os.system".
        let parts = PickleImport.parts(of: global.module) + PickleImport.parts(of: global.name)
        let isPlain = !global.name.utf8.contains(UInt8(ascii: "."))
        if isPlain ? HarmlessGlobals.contains(global) : HarmlessGlobals.isMember(global) { return .harmless }
        if parts.contains(where: { DangerousGlobals.modules.contains($0) }) { return .dangerous }
        if DangerousGlobals.qualified.contains(ByteString("\(global)")) { return .dangerous }
        let isBuiltin = ["builtins", "__builtin__", "__builtins__"].hasText(global.module)
        if isBuiltin, parts.dropFirst().contains(where: { DangerousGlobals.builtins.contains($0) }) {
            return .dangerous
        }
        return .unknown
    }

    private static func parts(of path: String) -> [ByteString] {
        path.utf8.split(separator: UInt8(ascii: ".")).map { ByteString(String(decoding: $0, as: UTF8.self)) }
    }
}
