package import ModmetaFormats
internal import ModmetaSystem

/// A regular file that is put into a store, read from the start as often as needed; what fails is a `StoreError`.
package struct UploadedFile: Sendable {
    private let file: File

    /// Opens a file; here a symbolic link is followed.
    ///
    /// - Throws: `.missing` where there is none, `.unsupported` where it is not a regular file.
    package init(_ path: String) throws {
        do { file = try File(reading: path) } catch {
            guard error.code == .irregular else { throw StoreError(error) }
            throw StoreError(.unsupported, "\(error); only regular files can be stored")
        }
    }

    /// The size in bytes when it was opened.
    package var size: UInt64 { file.size }

    /// Reads a range; the caller has bounded it by `size`, and by the memory it wants to use.
    package func read(_ range: Range<UInt64>) throws -> [UInt8] {
        try StoreError.fromSystem { try file.read(at: range.lowerBound, count: range.count) }
    }

    /// Reads the whole file.
    package func readAll() throws -> [UInt8] { try read(0..<size) }

    /// The hash of the content.
    package func hash() throws -> Digest { try StoreError.fromSystem { try SHA256.hash(file) } }

    /// Appends the content to another file.
    ///
    /// - Throws: `.corrupt` if it does not have `size` bytes any more.
    func append(to target: File) throws {
        try StoreError.fromSystem { try target.append(contentsOf: file, size: size) }
    }
}
