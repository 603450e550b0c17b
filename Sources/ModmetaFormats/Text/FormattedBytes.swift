/// A size as people read it: three significant digits and a decimal unit.
package func formatted(bytes: UInt64) -> String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    while value >= 999.5, unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    let scale = value < 9.995 ? 100.0 : value < 99.95 ? 10.0 : 1.0
    let rounded = (value * scale).rounded() / scale
    let text = rounded == rounded.rounded() && scale == 1 ? "\(Int(rounded))" : "\(rounded)"
    return "\(text) \(units[unit])"
}
