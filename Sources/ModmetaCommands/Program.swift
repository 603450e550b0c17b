internal import ArgumentParser

/// The program `modmeta`.
public enum Program {
    /// Runs the verb the command line names and ends the process with its exit status.
    public static func main() async { await Root.main() }
}
