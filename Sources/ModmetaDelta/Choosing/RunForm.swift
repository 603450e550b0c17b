import ModmetaFormats

/// A way to write a run: a filter, the element it treats the bytes as, and the options the format leaves to writers.
enum RunForm: Hashable {
    case plain(StreamEncoder.Texture)
    case planes
    /// `hasDirections` is whether to search for directions.
    case scaled(ElementKind, hasDirections: Bool)
    case levelled
    case blocks
    case narrowed(ElementKind)
}

extension RunForm {
    /// The forms that need no model of the numbers.
    static func general(_ element: ElementKind) -> [RunForm] {
        if element == .byte { return [.plain(.bytes)] }
        if !element.hasPlanes { return [.plain(.plane), .plain(.bytes)] }
        return element.isFloat ? [.planes] : [.planes, .plain(.bytes)]
    }

    /// The forms that code differences as steps, including those for elements that the bytes may really be.
    ///
    /// Files store packed 4-bit numbers in tensors of bytes and of 32-bit integers.
    static func stepped(_ element: ElementKind) -> [RunForm] {
        switch element {
        case .integer8, .integer32:
            [.packed4, .integer8].filter { $0 == .packed4 || element == .integer8 }
                .map { .scaled($0, hasDirections: true) }
        case .packed4: [.packed4, .integer8].map { .scaled($0, hasDirections: true) }
        default: element.hasSteps ? [.scaled(element, hasDirections: true)] : []
        }
    }

    /// Every form that a run can be written in.
    static func all(_ element: ElementKind, hasBase: Bool) -> [RunForm] {
        var forms = general(element) + NarrowFloat.candidates(for: element).map { .narrowed($0) }
        if element != .byte { forms += [.plain(.bytes), .plain(.plane)] }
        if !element.fields.isEmpty { forms.append(.blocks) }
        if hasBase {
            for case .scaled(let reinterpreted, _) in stepped(element) {
                forms += [.scaled(reinterpreted, hasDirections: true), .scaled(reinterpreted, hasDirections: false)]
            }
        } else if element.hasLevels {
            forms.append(.levelled)
        }
        return forms
    }
}
