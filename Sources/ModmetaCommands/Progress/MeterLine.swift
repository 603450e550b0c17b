internal import ModmetaFormats

/// What a meter's line says, and what of it fits into a width.
struct MeterLine {
    /// What went over the network.
    struct Traffic: Hashable {
        var sent: UInt64
        var received: UInt64

        /// What there was of both, the greater first.
        var parts: [String] {
            let sent = (count: sent, text: "sent \(formatted(bytes: sent))")
            let received = (count: received, text: "received \(formatted(bytes: received))")
            return (sent.count > received.count ? [sent, received] : [received, sent])
                .filter { $0.count > 0 }.map(\.text)
        }
    }

    var reading: Meter.Reading
    /// How much is done in a second, nil if it cannot be told.
    var rate: Double?
    /// The seconds that are left, nil if they cannot be told.
    var secondsLeft: Double?
    /// For how long nothing has moved, nil while something does.
    var stalled: Duration?
    var traffic: Traffic?

    /// The line in so many columns.
    ///
    /// What does not fit is left out, the least important first.
    func text(width: Int) -> String {
        var text = amount
        guard text.count <= width else { return String(text.prefix(width)) }
        for part in (share.map { [" (\($0) %)"] } ?? []) + details.map({ ", \($0)" }) {
            guard text.count + part.count <= width else { break }
            text += part
        }
        return text
    }

    /// What comes after the amount, the most important first.
    private var details: [String] {
        var details: [String] = []
        if let stalled {
            details.append("no progress for \(formatted(time: stalled))")
        } else {
            if let rate { details.append("\(counted(rate: rate))/s") }
            if let secondsLeft { details.append("\(formatted(time: .seconds(secondsLeft.rounded(.up)))) left") }
        }
        details += traffic?.parts ?? []
        if let objects = reading.objects { details.append("\(objects.done) of \(objects.total) objects") }
        return details
    }

    private var amount: String {
        let done = "\(reading.title) \(counted(reading.done))"
        return reading.total > 0 ? "\(done) of \(counted(reading.total))" : done
    }

    /// How much of all is done, in percent.
    private var share: Int? {
        guard reading.total > 0 else { return nil }
        return Int(100 * Double(min(reading.done, reading.total)) / Double(reading.total))
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
