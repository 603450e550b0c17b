import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaSnapshots

/// Attacks the readers of configurations, snapshots and data-set manifests; `integration/fuzz.sh` runs each for longer.
@Suite struct DocumentFuzzTests {
    private static let yaml = [
        "a: ", "- ", "? ", "[", "]", "{", "}", ", ", "&a ", "*a", "<<: *a\n", "|\n ", ">\n ", "\"", "'", "!!str ",
        "---\n",
        "\n", "  ", "#", "1e-05", ".inf", "~", "\u{e9}: 1\n", "e\u{301}: 1\n", "[*a,*a]", "%YAML 1.2\n",
        "1,", "-7,", "017,", "0x1f,", "0b1,", "12:30:45,", "1_000,", "2024-05-22,", "2e-4,", "yes,", "!!float 1e-5,",
    ]
    private static let configurations = [
        "learning_rate: 1.0e-4\nnum_train_epochs: 3\nlora:\n  r: 8\n  alpha: 16\ntags: [a, \"b\"]\n",
        "a: [" + String(repeating: "1,", count: 500) + "]\n",
        "a: [" + String(repeating: "12:30:4,", count: 200) + "]\n",
        "a: &x {b: [1, 2]}\nc: *x\nd: *x\n", "a: |\n  text\nb: >-\n  more\n'c': \"\\u00e9\"\n",
    ]

    @Test(arguments: ["yaml", "json", "snapshot", "schema", "dataset"])
    func holdsTheBudget(_ name: String) async throws { try await FuzzCampaign.run(try Self.family(name)) }

    private static func family(_ name: String) throws -> FuzzFamily {
        let schema = try HyperparameterSchema.builtIn()
        return switch name {
        case "yaml":
            FuzzFamily(name, seeds: configurations.map { Array($0.utf8) }, tokens: yaml) { bytes in
                guard let value = try? YAMLReader.value(of: bytes, "x.yaml") else { return }
                _ = try schema.check(bytes, path: "x.yaml")
                #expect(value.canonicalJSON.count <= 8 * DocumentLimits.byteCount)
            }
        case "json":
            FuzzFamily(
                name, seeds: [Array(#"{"learning_rate":1e-4,"a":[1,{"b":null}],"c":"\u00e9"}"#.utf8)],
                tokens: FuzzFamily.json
            ) { bytes in
                guard (try? JSONReader.value(of: bytes, "x.json")) != nil else { return }
                _ = try schema.check(bytes, path: "x.json")
            }
        case "snapshot":
            FuzzFamily(name, seeds: [Array(snapshot.utf8)], tokens: yaml) { bytes in
                _ = try? SnapshotDocument(parsing: bytes, path: "x.yaml")
            }
        case "schema":
            FuzzFamily(
                name,
                seeds: [
                    Array(
                        "format: modmeta.schema/1\nextends: default\nkeys:\n  a:\n    type: number\n    aliases: [b]\n"
                            .utf8),
                    Array("format: modmeta.schema/1\nkeys: {a: {pattern: '^(a+)+$'}, c: {enum: [a]}}\n".utf8),
                ],
                tokens: yaml + [
                    "pattern: ", "enum: ", "properties: ", "items: ", "(a*)*", "a?", "{0,9}", "|", "^", "$", "[^a]",
                    "\\w",
                ]
            ) { bytes in
                guard let schema = try? HyperparameterSchema(parsing: bytes, path: "schema.yaml") else { return }
                _ = try schema.check(
                    Array("learning_rate: 1\na: aaaaaaaaaaaaaaaaaaaaaaa!\nc: [a, b]\n".utf8), path: "c.yaml")
            }
        default:
            FuzzFamily(name, seeds: [Array("modmeta.dataset/1\n".utf8), [UInt8](repeating: 0, count: 80)]) { bytes in
                _ = try? DatasetManifest(parsing: bytes, path: "x")
            }
        }
    }

    private static let snapshot = """
        format: modmeta.snapshot/1
        name: a
        id: "0000000-0000000"
        created: 2026-01-02T03:04:05Z
        hashes:
          content: \(String(repeating: "0", count: 64))
          context: \(String(repeating: "0", count: 64))
        paths: [model]
        context: {}

        """
}
