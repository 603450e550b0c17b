/// An object store does not do what `ObjectStore` obliges it to.
public struct ContractViolation: Error, CustomStringConvertible {
    /// What the store did, and what it should have done.
    public var message: String
    /// Where the check is.
    public var location: String

    /// The message and the place of the check.
    public var description: String { "\(message) (\(location))" }

    /// Fails unless a condition holds.
    static func unless(
        _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        if !condition { throw ContractViolation(message: message(), location: "\(file):\(line)") }
    }
}
