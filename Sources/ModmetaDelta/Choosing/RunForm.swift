import ModmetaFormats

/// A way to write a run: a filter, the element it regards the bytes as, and what is left to the writer besides.
enum RunForm: Hashable {
    case plain(StreamEncoder.Texture)
    case planes
    /// `hasDirections` is whether they are looked for.
    case scaled(ElementKind, hasDirections: Bool)
    case levelled
    case blocks
    case narrowed(ElementKind)
}

extension RunForm {
    /// The forms for a run that serve bytes of any kind: without a model of what the numbers are.
    static func general(_ element: ElementKind) -> [RunForm] {
        if element == .byte { return [.plain(.bytes)] }
        if !element.hasPlanes { return [.plain(.plane), .plain(.bytes)] }
        return element.isFloat ? [.planes] : [.planes, .plain(.bytes)]
    }

    /// The forms that regard differences as steps, with what the bytes may be beside what their tensor calls them.
    ///
    /// Files have packed numbers of 4 bits in tensors of bytes and of 32 bits.
    static func stepped(_ element: ElementKind) -> [RunForm] {
        switch element {
        case .integer8, .integer32:
            [.packed4, .integer8].filter { $0 == .packed4 || element == .integer8 }
                .map { .scaled($0, hasDirections: true) }
        case .packed4: [.packed4, .integer8].map { .scaled($0, hasDirections: true) }
        default: element.hasSteps ? [.scaled(element, hasDirections: true)] : []
        }
    }

    /// Every form a run can be written in.
    static func all(_ element: ElementKind, hasBase: Bool) -> [RunForm] {
        var forms = general(element) + NarrowFloat.candidates(for: element).map { .narrowed($0) }
        if element != .byte { forms += [.plain(.bytes), .plain(.plane)] }
        if !element.fields.isEmpty { forms.append(.blocks) }
        if hasBase {
            for case .scaled(let regarded, _) in stepped(element) {
                forms += [.scaled(regarded, hasDirections: true), .scaled(regarded, hasDirections: false)]
            }
        } else if element.hasLevels {
            forms.append(.levelled)
        }
        return forms
    }
}
