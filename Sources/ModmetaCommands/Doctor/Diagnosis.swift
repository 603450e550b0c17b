internal import ModmetaFormats

/// One thing a check found.
struct Diagnosis: Hashable, Encodable {
    /// How bad it is.
    enum Level: String, Encodable {
        /// It is as it should be.
        case healthy
        /// It works, and could be better, or will end by itself.
        case note
        /// Something does not work because of it, or will not.
        case problem
    }

    var level: Level
    /// What was looked at, in one or two words.
    var subject: String
    /// What is the case, in one sentence without a final full stop.
    var finding: String
    /// The command that mends it; nil where there is nothing to do.
    var remedy: String?

    static func healthy(_ subject: String, _ finding: String) -> Diagnosis {
        Diagnosis(level: .healthy, subject: subject, finding: finding)
    }

    static func note(_ subject: String, _ finding: String, remedy: ShellCommand? = nil) -> Diagnosis {
        Diagnosis(level: .note, subject: subject, finding: finding, remedy: remedy?.description)
    }

    static func problem(_ subject: String, _ finding: String, remedy: ShellCommand?) -> Diagnosis {
        Diagnosis(level: .problem, subject: subject, finding: finding, remedy: remedy?.description)
    }
}
