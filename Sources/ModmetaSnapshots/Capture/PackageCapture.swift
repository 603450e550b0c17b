internal import Glibc
internal import ModmetaFormats

/// The versions of Python packages, from pip's metadata files; Python is not started.
public struct PackageCapture: Sendable {
    /// The version of each relevant package, by name; empty if no environment was found.
    public private(set) var versions: [(name: String, version: String)] = []
    /// The version of Python, for example `3.11.2` or `3.11`; nil if it is unknown.
    public private(set) var python: String?
    /// The directory of the environment.
    public private(set) var environment: String?

    private static let names = [
        "accelerate", "apex", "auto_gptq", "autoawq", "axolotl", "bitsandbytes", "datasets", "deepspeed", "diffusers",
        "flash_attn", "flax", "jax", "keras", "liger_kernel", "lightning", "llamafactory", "mlx", "numpy", "optimum",
        "peft", "pytorch_lightning", "safetensors", "sentence_transformers", "sentencepiece", "tensorflow",
        "tokenizers",
        "torch", "torchao", "torchvision", "transformers", "triton", "trl", "unsloth", "vllm", "xformers",
    ]

    /// Inspects the active environment: `VIRTUAL_ENV`, `CONDA_PREFIX`, or that of the first python on `PATH`.
    ///
    /// - Parameter variable: returns the value of an environment variable.
    public init(variable: (String) -> String?) {
        var prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap(variable).filter { !$0.isEmpty }
        if prefixes.isEmpty {
            for directory in (variable("PATH") ?? "").split(separator: ":") where directory.hasSuffix("/bin") {
                if ["python", "python3"].contains(where: { access("\(directory)/\($0)", X_OK) == 0 }) {
                    prefixes.append(String(directory.dropLast("/bin".count)))
                    break
                }
            }
        }
        guard let prefix = prefixes.first else { return }
        let lib = "\(prefix.isEmpty ? "" : prefix)/lib"
        let releases = DirectoryNames.sorted(in: lib).filter { $0.hasPrefix("python3") }
        var directories = releases.flatMap { ["\(lib)/\($0)/site-packages", "\(lib)/\($0)/dist-packages"] }
        // Debian's packages, and pip's next to them.
        if prefix == "/usr" || prefix.isEmpty {
            directories += DirectoryNames.sorted(in: "/usr/local/lib").filter { $0.hasPrefix("python3") }
                .map { "/usr/local/lib/\($0)/dist-packages" }
            directories.append("/usr/lib/python3/dist-packages")
        }
        environment = prefix
        python = PackageCapture.pythonVersion(prefix) ?? releases.last.map { String($0.dropFirst("python".count)) }
        var found: [ByteString: String] = [:]
        for directory in directories {
            for entry in DirectoryNames.sorted(in: directory) {
                // Debian's packages use the older format, which is a directory or a single file.
                guard let suffix = [".dist-info", ".egg-info"].first(where: entry.hasSuffix) else { continue }
                let parts = entry.dropLast(suffix.utf8.count).split(separator: "-", maxSplits: 1)
                let name = String((parts.first ?? "").lowercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
                guard PackageCapture.names.hasText(name), found[ByteString(name)] == nil else { continue }
                let places = suffix == ".dist-info" ? ["/METADATA"] : ["/PKG-INFO", ""]
                found[ByteString(name)] =
                    places.lazy.compactMap { PackageCapture.version(in: "\(directory)/\(entry)\($0)") }.first
            }
        }
        versions = found.keys.sorted().map { ($0.text, found[$0] ?? "") }
        if python == "3" { python = nil }
    }

    /// The value of `Version` in core metadata: https://packaging.python.org/specifications/core-metadata/.
    private static func version(in path: String) -> String? {
        guard let bytes = try? CheckpointFile.bytes(of: path, limit: 4 << 20) else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            // The description follows an empty line.
            if line.isEmpty { return nil }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("Version:") {
                let version = text.dropFirst("Version:".count).filter { !$0.isWhitespace }
                return version.isEmpty || version.utf8.count > 100 ? nil : version
            }
        }
        return nil
    }

    /// The Python version in `pyvenv.cfg` of a virtual environment.
    private static func pythonVersion(_ prefix: String) -> String? {
        guard let bytes = try? CheckpointFile.bytes(of: "\(prefix)/pyvenv.cfg", limit: 1 << 16) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            if parts.count == 2, parts[0] == "version" || parts[0] == "version_info" { return parts[1] }
        }
        return nil
    }
}
