internal import ModmetaFormats

/// What YAML says of a scalar by a tag: the five of the core schema that stand for one value, https://yaml.org/type/.
enum ScalarTag: String, Sendable {
    case text = "tag:yaml.org,2002:str"
    case integer = "tag:yaml.org,2002:int"
    case number = "tag:yaml.org,2002:float"
    case truth = "tag:yaml.org,2002:bool"
    case nothing = "tag:yaml.org,2002:null"

    /// The value of a text with the tag; nil where the text does not fit.
    func value(_ text: String) -> DocumentValue? {
        if self == .text { return .string(text) }
        let plain = PlainScalar.value(text)
        switch (self, plain) {
        case (.integer, .integer), (.number, .number), (.number, .special), (.truth, .bool), (.nothing, .null):
            return plain
        case (.number, .integer(let value)): return .number(Double(value))
        default: return nil
        }
    }
}
