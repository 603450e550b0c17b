internal import ModmetaFormats
internal import ModmetaTransfer

/// The JSON form of an inspection, see docs/guides/inspect.md.
struct InspectionDocument: Encodable {
    struct Tensor: Encodable {
        var name: String
        var dtype: String
        var shape: [UInt64]
        var offset: UInt64
        var bytes: UInt64
    }
    struct Chunk: Encodable {
        var offset: UInt64
        var bytes: UInt64
    }

    struct Alias: Encodable {
        var name: String
        var tensor: String
    }
    struct Import: Encodable {
        var module: String
        var name: String
        var verdict: String
    }
    struct Safety: Encodable {
        var verdict: String
        var imports: [Import]
        var problem: String?
    }

    var file: String
    var format: String
    var size: UInt64
    var violation: String?
    var aliases: [Alias]
    var safeToLoad: Safety?
    var tensors: [Tensor]
    var chunks: [Chunk]

    init(_ inspection: Inspection, path: String) {
        file = path
        format = "\(inspection.layout.format)"
        size = inspection.layout.size
        violation = inspection.violation.map { "\($0)" }
        aliases = inspection.aliases.map { Alias(name: $0.name, tensor: $0.tensor) }
        safeToLoad = inspection.safeToLoad.map { answer in
            Safety(
                verdict: answer.verdict.rawValue,
                imports: answer.imports.map {
                    Import(module: $0.global.module, name: $0.global.name, verdict: $0.verdict.rawValue)
                },
                problem: answer.problem.map { "\($0)" })
        }
        tensors = inspection.layout.tensors.map {
            Tensor(
                name: $0.name, dtype: $0.dtype, shape: $0.shape, offset: $0.range.lowerBound,
                bytes: UInt64($0.range.count))
        }
        chunks = inspection.chunks.map { Chunk(offset: $0.range.lowerBound, bytes: UInt64($0.range.count)) }
    }
}
