internal import Glibc
package import ModmetaSystem

extension StoreError {
    /// The error of a store that an error of the system makes.
    package init(_ error: SystemError) {
        let code: Code =
            switch error.code {
            case .missing: .missing
            case .denied: .denied
            case .full: .full
            case .unavailable: .unavailable
            case .irregular, .truncated, .changed: .corrupt
            case .unsupported: .unsupported
            case .other: .system
            }
        self.init(code, error.message)
        cause = error
    }

    /// Describes a system call that just failed on a path; call it before anything else can change `errno`.
    ///
    /// - Parameters:
    ///   - action: what was tried, as the words after "cannot": `read`, `write`, `create the directory`.
    ///   - path: the file or directory it was tried on.
    package static func failed(to action: String, _ path: String, errno number: CInt = errno) -> StoreError {
        StoreError(SystemError.failed(to: action, path, errno: number))
    }

    /// Does something, and throws the errors of the system as those of a store.
    package static func fromSystem<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as SystemError { throw StoreError(error) }
    }

    /// Does something, and throws the errors of the system as those of a store.
    package static func fromSystem<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as SystemError { throw StoreError(error) }
    }
}
