internal import ModmetaSnapshots
internal import Subprocess

/// The GPUs of this machine.
enum GPUListing {
    /// What nvidia-smi says; none where there is no such program or it fails.
    static func current() async -> [String] {
        let result = try? await Subprocess.run(
            .name("nvidia-smi"),
            arguments: ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
            output: .string(limit: 1 << 16), error: .discarded)
        guard let result, case .exited(0) = result.terminationStatus else { return [] }
        return HostCapture.gpus(listing: result.standardOutput)
    }
}
