import ModmetaFormats
import Testing

@Suite struct SafeToLoadTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let verdict: PickleImport.Verdict?
        var imports: [String] = []
        var testDescription: String { file }
    }

    @Test(arguments: [
        Case(file: "pytorch/state-dict.pt", verdict: .harmless),
        Case(file: "pytorch/training.pt", verdict: .harmless),
        Case(file: "pytorch/dtypes.pt", verdict: .harmless),
        Case(file: "pytorch/quantized-channel.pt", verdict: .harmless),
        Case(file: "pytorch/legacy.pt", verdict: .harmless),
        Case(file: "pytorch/module.pt", verdict: .unknown, imports: ["torch.nn.modules.container.Sequential"]),
        Case(file: "pytorch/imports-os-system.pt", verdict: .dangerous, imports: ["posix.system"]),
        Case(file: "pytorch-hostile/pickle-imports-os-system.pt", verdict: .dangerous, imports: ["os.system"]),
        Case(file: "pytorch-hostile/pickle-computed-global.pt", verdict: .dangerous, imports: ["?.?"]),
        Case(file: "pytorch-hostile/zip-pickle-compressed.pt", verdict: .unknown),
        Case(file: "pytorch-hostile/pickle-cut-off.pt", verdict: .unknown),
        Case(file: "numpy/objects.npy", verdict: .harmless),
        Case(file: "numpy/float32.npy", verdict: nil),
        Case(file: "gguf/mixed.gguf", verdict: nil),
    ])
    func answersWithoutLoading(_ example: Case) throws {
        let answer = try SafeToLoad.scan(MemorySource(try Fixture.bytes(example.file)))
        #expect(answer?.verdict == example.verdict)
        let worst = answer?.imports.filter { $0.verdict == answer?.verdict }.map(\.global.description) ?? []
        for name in example.imports { #expect(worst.contains(name)) }
    }

    struct Name: Sendable, CustomTestStringConvertible {
        let module: String
        let name: String
        let verdict: PickleImport.Verdict
        var testDescription: String { "\(module).\(name)" }
    }

    @Test(arguments: [
        Name(module: "torch._utils", name: "_rebuild_tensor_v2", verdict: .harmless),
        Name(module: "torch", name: "FloatStorage", verdict: .harmless),
        Name(module: "torch", name: "float8_e4m3fn", verdict: .harmless),
        Name(module: "collections", name: "OrderedDict", verdict: .harmless),
        Name(module: "builtins", name: "set", verdict: .harmless),
        Name(module: "mylib.models", name: "Net", verdict: .unknown),
        Name(module: "os", name: "system", verdict: .dangerous),
        Name(module: "os.path", name: "join", verdict: .dangerous),
        Name(module: "posix", name: "system", verdict: .dangerous),
        Name(module: "subprocess", name: "Popen", verdict: .dangerous),
        Name(module: "builtins", name: "eval", verdict: .dangerous),
        Name(module: "__builtin__", name: "__import__", verdict: .dangerous),
        Name(module: "builtins", name: "getattr", verdict: .dangerous),
        Name(module: "torch", name: "hub.os.system", verdict: .dangerous),
        Name(module: "torch", name: "load", verdict: .dangerous),
        Name(module: "torch.storage", name: "_load_from_bytes", verdict: .unknown),
        Name(module: "runpy", name: "_run_code", verdict: .dangerous),
        Name(module: "pty", name: "spawn", verdict: .dangerous),
        Name(module: "socket", name: "socket", verdict: .dangerous),
        Name(module: "sys", name: "modules", verdict: .dangerous),
        Name(module: "operator", name: "attrgetter", verdict: .dangerous),
    ])
    func judgesNames(_ name: Name) {
        #expect(PickleImport(PickleGlobal(module: name.module, name: name.name)).verdict == name.verdict)
    }

    @Test func followsOldPicklesAndLeavesTextsAlone() throws {
        let old = try SafeToLoad.scan(MemorySource(Array("cos\nsystem\n(S'true'\ntR.".utf8)))
        #expect(old?.verdict == .dangerous)
        #expect(try SafeToLoad.scan(MemorySource(Array("compressed text, no pickle at all.".utf8))) == nil)
        #expect(try SafeToLoad.scan(MemorySource([])) == nil)
    }

    @Test func findsWhatAnyOfSeveralPicklesImports() throws {
        let two: [UInt8] = [0x80, 2, 0x4E, 0x2E, 0x80, 2] + Array("cnt\nsystem\n.".utf8) + [1, 2, 3]
        #expect(try SafeToLoad.scan(MemorySource(two))?.imports.map(\.global.description) == ["nt.system"])
    }

    /// A protocol 0 pickle that starts with these instructions.
    struct Attribute: Sendable, CustomTestStringConvertible {
        let what: String
        let pickle: String
        let verdict: PickleImport.Verdict
        var testDescription: String { what }
    }

    /// `getattr(MODULE.NAME, "ATTRIBUTE")`.
    private static func read(_ owner: String, _ attribute: String, by function: String = "builtins\ngetattr") -> String
    {
        let parts = owner.split(separator: ":")
        return "c\(function)\n(c\(parts[0])\n\(parts[1])\nV\(attribute)\ntR"
    }

    private static let format = "torch.distributed.checkpoint.metadata:_MEM_FORMAT_ENCODING"
    private static let member = read(format, "TORCH_CONTIGUOUS_FORMAT")
    private static let stage = read(
        "deepspeed.runtime.zero.config:ZeroStageEnum", "weights", by: "__builtin__\ngetattr")

    /// Python 3.11 pickles enumeration members as calls of getattr; all its other uses stay dangerous.
    static let attributes = [
        Attribute(what: "member", pickle: "\(member).", verdict: .harmless),
        Attribute(what: "two members", pickle: "(\(member)\(member)l.", verdict: .harmless),
        Attribute(what: "member of another library", pickle: "\(stage).", verdict: .unknown),
        Attribute(what: "no member", pickle: "\(read(format, "mro")).", verdict: .unknown),
        Attribute(what: "private", pickle: "\(read(format, "_convert_")).", verdict: .dangerous),
        Attribute(what: "subclasses", pickle: "\(read(format, "__subclasses__")).", verdict: .dangerous),
        Attribute(what: "path", pickle: "\(read(format, "a.b")).", verdict: .dangerous),
        Attribute(what: "number", pickle: "\(read(format, "1")).", verdict: .dangerous),
        Attribute(what: "nothing", pickle: "\(read(format, "")).", verdict: .dangerous),
        Attribute(
            what: "long", pickle: "\(read(format, String(repeating: "a", count: 256))).", verdict: .dangerous),
        Attribute(what: "module", pickle: "\(read("torch:hub", "os")).", verdict: .dangerous),
        Attribute(what: "dangerous function", pickle: "\(read("torch:load", "x")).", verdict: .dangerous),
        Attribute(what: "other module", pickle: "\(read("mylib.models:Net", "forward")).", verdict: .dangerous),
        Attribute(what: "like torch", pickle: "\(read("torchevil:Net", "forward")).", verdict: .dangerous),
        Attribute(what: "built-in", pickle: "\(read("builtins:dict", "fromkeys")).", verdict: .dangerous),
        Attribute(
            what: "of what getattr gave", pickle: "cbuiltins\ngetattr\n(\(member)Vos\ntR.", verdict: .dangerous),
        Attribute(
            what: "name that is computed", pickle: "cbuiltins\ngetattr\n(ctorch\nSize\ncmylib\nname\n)RtR.",
            verdict: .dangerous),
        Attribute(
            what: "with a default", pickle: "cbuiltins\ngetattr\n(ctorch\nSize\nVx\nVy\ntR.", verdict: .dangerous),
        Attribute(what: "kept", pickle: "(\(member)cbuiltins\ngetattr\nl.", verdict: .dangerous),
        Attribute(what: "given", pickle: "cbuiltins\ngetattr\n.", verdict: .dangerous),
        Attribute(what: "dropped", pickle: "cbuiltins\ngetattr\n0\(member).", verdict: .dangerous),
        Attribute(what: "passed on", pickle: "cmylib\nf\n(cbuiltins\ngetattr\ntR.", verdict: .dangerous),
        Attribute(
            what: "remembered and passed on",
            pickle: "cbuiltins\ngetattr\np0\n(ctorch\nSize\nVx\ntR0cmylib\nf\n(g0\ntR.", verdict: .dangerous),
        Attribute(what: "as a state", pickle: "\(member)cbuiltins\ngetattr\nb.", verdict: .dangerous),
        Attribute(
            what: "as a state that is replaced",
            pickle: "\(member)cbuiltins\ngetattr\np0\nbNb0g0\n(ctorch\nSize\nVx\ntR.",
            verdict: .dangerous),
        Attribute(what: "added to a member", pickle: "\(member)cbuiltins\ngetattr\na.", verdict: .dangerous),
        Attribute(what: "cut off", pickle: "(\(member)", verdict: .dangerous),
        Attribute(what: "beside a command", pickle: "(\(member)cos\nsystem\n(Vls\ntRl.", verdict: .dangerous),
    ]

    @Test(arguments: attributes)
    func tellsMembersOfEnumerationsFromOtherAttributes(_ attribute: Attribute) throws {
        let marked = [0x80, 2] + Array(attribute.pickle.utf8)
        #expect(try SafeToLoad.scan(MemorySource(marked))?.verdict == attribute.verdict)
    }
}
