internal import Glibc

/// Lines that were added to `.gitattributes` for a snapshot, and go again if none comes of it.
struct AttributesChange: Sendable {
    /// The file.
    let path: String
    /// What the file held; nil if there was none.
    let former: [UInt8]?

    /// Puts the file back as it was; what fails here is no worse than the change.
    func undo() {
        if let former { try? WorkFile.write(former, to: path) } else { unlink(path) }
    }
}
