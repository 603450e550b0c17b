/// What a meter's line says, and what of it fits into a width.
struct MeterLine {
    /// What went over the network.
    struct Traffic: Hashable {
        var sent: UInt64
        var received: UInt64

        var isNone: Bool { sent == 0 && received == 0 }
        var text: String { "sent \(formatted(bytes: sent)), received \(formatted(bytes: received))" }
    }

    var reading: Meter.Reading
    /// How much is done in a second, nil if it cannot be told.
    var rate: Double?
    /// The seconds that are left, nil if they cannot be told.
    var secondsLeft: Double?
    /// For how long nothing has moved, nil while something does.
    var stalled: Duration?
    var traffic: Traffic?

    /// The line in so many columns. What does not fit is left out, the least important first.
    func text(width: Int) -> String {
        var text = ""
        for field in fields {
            let longer = text.isEmpty ? field : "\(text), \(field)"
            guard longer.count <= width else { break }
            text = longer
        }
        return text.isEmpty ? String(fields[0].prefix(width)) : text
    }

    /// The parts, the most important first.
    private var fields: [String] {
        var fields = [amount]
        if let stalled {
            fields.append("no progress for \(formatted(time: stalled))")
        } else {
            if let rate { fields.append("\(counted(rate: rate))/s") }
            if let secondsLeft { fields.append("\(formatted(time: .seconds(secondsLeft.rounded(.up)))) left") }
        }
        if let traffic, !traffic.isNone { fields.append(traffic.text) }
        if let objects = reading.objects { fields.append("\(objects.done) of \(objects.total) objects") }
        return fields
    }

    private var amount: String {
        let done = "\(reading.title) \(counted(reading.done))"
        guard reading.total > 0 else { return done }
        let share = 100 * Double(min(reading.done, reading.total)) / Double(reading.total)
        return "\(done) of \(counted(reading.total)) (\(Int(share)) %)"
    }

    private func counted(_ amount: UInt64) -> String {
        switch reading.unit {
        case .bytes: formatted(bytes: amount)
        case .objects: "\(amount)"
        }
    }

    private func counted(rate: Double) -> String {
        // Of few objects in a second a part of one matters.
        if reading.unit == .objects, rate < 10, rate != rate.rounded() { return "\((rate * 10).rounded() / 10)" }
        return counted(UInt64(min(rate.rounded(), 1e18)))
    }
}

/// A time as people read it: its two greatest units, of whole seconds.
func formatted(time: Duration) -> String {
    let seconds = max(0, time.components.seconds)
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
    return if days > 0 {
        "\(days) d \(hours % 24) h"
    } else if hours > 0 {
        "\(hours) h \(minutes % 60) min"
    } else if minutes > 0 {
        "\(minutes) min \(seconds % 60) s"
    } else {
        "\(seconds) s"
    }
}
