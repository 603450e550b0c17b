import Testing

@testable import ModmetaSnapshots

@Suite struct SecretScanTests {
    private static let letters = String(repeating: "aB3", count: 12)

    @Test(
        arguments: [
            ["x": .string("hf_\(letters)")], ["x": ["y": .string("token=ghp_\(letters)")]],
            ["x": ["https://user:pass@host/path"]], ["x": "-----BEGIN RSA PRIVATE KEY-----\nabc"],
            ["hub_token": "something-long"], ["wandb_api_key": "0123456789"], ["WANDB-API-KEY": "0123456789"],
            ["AKIAABCDEFGHIJKLMNOP": 1],
        ] as [DocumentValue])
    func refuses(_ value: DocumentValue) {
        let error = #expect(throws: SnapshotError.self) { try SecretScan.check(value, "train.yaml") }
        #expect(error?.code == .secret)
        #expect(error?.message.contains(Self.letters) == false)
    }

    @Test(
        arguments: [
            ["bos_token": "<|begin_of_text|>"], ["hub_token": "<HUB_TOKEN>"], ["hub_token": nil],
            ["api_key": "${API_KEY_OF_X}"], ["x": "risk-averse-and-very-long-words"], ["x": "https://host:8080/a@b"],
            ["x": "sk-short"], ["x": "git@host:repo"], ["password": ""], ["x": "modmeta::https://user@host/path"],
        ] as [DocumentValue])
    func accepts(_ value: DocumentValue) throws { try SecretScan.check(value, "train.yaml") }
}
