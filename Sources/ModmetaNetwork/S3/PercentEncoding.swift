/// The encoding of names in S3 URLs.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF")

    /// Encodes all but letters, digits and `-._~`, and slashes where they separate the parts of a path.
    static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                result.unicodeScalars.append(UnicodeScalar(byte))
            case 0x2f where keepingSlashes:
                result.append("/")
            default:
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}
