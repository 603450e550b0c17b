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
}
