/// An object store breaks an obligation of `ObjectStore`.
public struct ContractViolation: Error, CustomStringConvertible {
    /// What the store did, and what it should have done.
    public var message: String
    /// The source location of the check.
    public var location: String

    /// The message and the location of the check.
    public var description: String { "\(message) (\(location))" }

    /// Fails unless a condition holds.
    static func unless(
        _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        if !condition { throw ContractViolation(message: message(), location: "\(file):\(line)") }
    }
}
