/// An element of a small XML document, as S3 answers with.
struct XMLElement: Sendable {
    /// The name, without a prefix.
    var name: String
    /// The text directly in it.
    var text = ""
    /// The elements directly in it.
    var children: [XMLElement] = []

    /// The text of the first child of a name.
    subscript(name: String) -> String? { children.first { $0.name == name }?.text }

    /// All children of a name.
    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}
