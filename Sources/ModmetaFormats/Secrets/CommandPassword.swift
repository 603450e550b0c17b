/// Options of well-known programs that take a password.
enum CommandPassword {
    /// How the option has it.
    enum Form: Hashable {
        /// Behind a sign: `-u user:password`; attached to the option, behind `=`, or the next word.
        case pair(UInt8)
        /// Behind a word that says that it is the password itself.
        case behind(String)
        /// The next word, or attached to the option.
        case word
        /// Attached to the option only: `-ppassword`.
        case attached
    }

    /// What a program's option means.
    struct Option: Hashable {
        var name: String
        var form: Form
        /// The word that must stand between the program and the option.
        var verb: String?

        init(_ name: String, _ form: Form, verb: String? = nil) {
            (self.name, self.form, self.verb) = (name, form, verb)
        }
    }

    /// The options of a program; nil if it is none that is known.
    static func options(of program: String) -> [Option]? { all[program] }

    private static let colon = UInt8(ascii: ":")
    private static let login = [Option("-p", .word, verb: "login")]
    private static let all: [String: [Option]] = {
        var all: [String: [Option]] = [
            "curl": ["-u", "--user", "-U", "--proxy-user"].map { Option($0, .pair(colon)) },
            "ab": ["-A", "-P"].map { Option($0, .pair(colon)) },
            "lftp": ["-u", "--user"].map { Option($0, .pair(UInt8(ascii: ","))) },
            "smbclient": ["-U", "--user"].map { Option($0, .pair(UInt8(ascii: "%"))) },
            "sshpass": [Option("-p", .word)], "redis-cli": [Option("-a", .word)], "ipmitool": [Option("-P", .word)],
            "cqlsh": [Option("-p", .word)], "7z": [Option("-p", .attached)], "7za": [Option("-p", .attached)],
            "openssl": ["-passin", "-passout", "-pass"].map { Option($0, .behind("pass:")) },
        ]
        for name in ["http", "https", "xh"] { all[name] = ["-a", "--auth"].map { Option($0, .pair(colon)) } }
        for name in ["mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump", "mariadb-admin"] {
            all[name] = [Option("-p", .attached)]
        }
        for name in ["docker", "podman", "buildah", "skopeo", "helm", "oras", "nerdctl", "az", "oc"] {
            all[name] = login
        }
        for name in ["mongo", "mongosh", "mongodump", "mongorestore", "mongoimport", "mongoexport"] {
            all[name] = [Option("-p", .word)]
        }
        for name in ["sqlcmd", "bcp", "zip", "unzip", "mosquitto_pub", "mosquitto_sub"] {
            all[name] = [Option("-P", .word)]
        }
        for name in ["ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami"] {
            all[name] = [Option("-w", .word)]
        }
        return all
    }()
}
