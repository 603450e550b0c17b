internal import Glibc

/// The machine that a snapshot is made on.
public enum HostCapture {
    /// The display name of the operating system, for example `Debian GNU/Linux 12 (bookworm)`.
    public static var operatingSystem: String {
        for path in ["/etc/os-release", "/usr/lib/os-release"] {
            guard let bytes = try? CheckpointFile.bytes(of: path, limit: 1 << 16) else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            where line.hasPrefix("PRETTY_NAME=") {
                return line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" && $0 != "'" }
            }
        }
        return "Linux"
    }

    /// The processor's architecture, for example `x86_64`.
    public static var architecture: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Parses the output of nvidia-smi with `--query-gpu=name,memory.total --format=csv,noheader,nounits` and counts
    /// equal GPUs, for example `NVIDIA A100-SXM4-80GB×2`.
    public static func gpus(listing: String) -> [String] {
        let names = listing.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: ",").map { $0.drop { $0 == " " } }
            guard let name = fields.first, !name.isEmpty else { return nil }
            // Most names include the memory already.
            guard !name.contains("GB"), fields.count > 1, let mebibytes = Int(fields[1]) else { return String(name) }
            return "\(name)-\((mebibytes + 512) / 1024)GB"
        }
        var counts: [String: Int] = [:]
        for name in names { counts[name, default: 0] += 1 }
        return counts.keys.sorted().map { name in counts[name] == 1 ? name : "\(name)×\(counts[name] ?? 1)" }
    }
}
