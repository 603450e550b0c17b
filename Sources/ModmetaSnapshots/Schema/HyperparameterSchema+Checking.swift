internal import ModmetaFormats

extension HyperparameterSchema {
    /// Checks a configuration file: JSON or TOML if the path ends in `.json` or `.toml`, otherwise YAML.
    ///
    /// Other files than training configurations are only checked for values that YAML loaders read differently.
    /// - Throws: `SnapshotError` with `syntax` if the file cannot be parsed.
    public func check(_ bytes: [UInt8], path: String) throws(SnapshotError) -> ConfigCheck {
        if DocumentValue.isTOML(path) {
            let reading = try TOMLReader.reading(bytes, path)
            return check(reading.value, path: path, lines: DocumentLines(reading.lines))
        }
        let inspection = path.hasByteSuffix(".json") ? nil : YAMLInspection(bytes)
        return check(
            try DocumentValue(reading: bytes, path: path), path: path, lines: inspection?.lines ?? DocumentLines(),
            traps: inspection?.traps ?? [])
    }

    /// Checks the contents of a configuration file.
    public func check(_ value: DocumentValue, path: String) -> ConfigCheck {
        check(value, path: path, lines: DocumentLines())
    }

    private func check(
        _ value: DocumentValue, path: String, lines: DocumentLines, traps: [YAMLInspection.Trap] = []
    ) -> ConfigCheck {
        let kind = ConfigKind(of: value)
        var run = SettingCheck(schema: self, lines: lines)
        if kind == .training { run.check(value) }
        let traps = traps.map { trap in
            ConfigFinding(.warning, key: trap.path, line: trap.line, trap.message)
        }
        let trapped = Set(traps.map { ByteString($0.key) })
        // Report a value only once if two checks find it.
        let findings = run.findings.filter { $0.severity == .error || !trapped.contains(ByteString($0.key)) } + traps
        return ConfigCheck(
            path: path, kind: kind, method: kind == .training ? run.method : nil, settings: run.settings,
            findings: findings.sorted { ($0.line ?? 0, ByteString($0.key)) < ($1.line ?? 0, ByteString($1.key)) })
    }

    /// The settings of a training configuration, with canonical keys; an empty object for other documents.
    public func settings(of value: DocumentValue) -> DocumentValue {
        guard ConfigKind(of: value) == .training else { return .object([]) }
        var run = SettingCheck(schema: self, lines: DocumentLines())
        run.check(value)
        return run.settings
    }

    /// Reads and checks the file at a path.
    ///
    /// - Throws: `SnapshotError` with `file` or `syntax`.
    public func check(fileAt path: String) throws(SnapshotError) -> ConfigCheck {
        try check(CheckpointFile.bytes(of: path), path: path)
    }
}
