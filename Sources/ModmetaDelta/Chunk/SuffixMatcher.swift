import CDivsufsort
import Glibc

/// Finds where pieces of new bytes occur in a base, by bsdiff's scan over the base's suffix array.
///
/// The scan (Colin Percival, "Naive differences of executable code", 2003) switches to a match only if it explains
/// clearly more bytes than staying at the current alignment. It then extends matches over mismatches as long as at
/// least half of the bytes agree, so that numbers changed in place become differences and not extra bytes.
final class SuffixMatcher {
    /// The longest base to sort, in bytes; sorting takes 4 bytes of memory per byte and about 0.1 s per MiB.
    static let maximumBase = 4 << 20

    /// The comparisons per input byte after which the scan gives up; only highly repetitive input reaches this.
    private static let effort = 200

    private let suffixes = ScratchBuffer()

    /// `length` bytes at `new` that resemble those at `base`; bytes between matches are extra.
    struct Match: Hashable {
        var new: Int
        var base: Int
        var length: Int
    }

    /// Returns matches in the order of the new bytes; they do not overlap in the new bytes.
    func matches(_ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer) throws(DeltaError) -> [Match] {
        guard !new.isEmpty, !base.isEmpty, base.count <= SuffixMatcher.maximumBase else { return [] }
        let memory = suffixes.reserve(base.count * MemoryLayout<Int32>.stride)
        let array = memory.bindMemory(to: Int32.self)
        let text = base.bindMemory(to: UInt8.self)
        guard divsufsort(text.baseAddress, array.baseAddress, Int32(base.count)) == 0 else {
            throw DeltaError(.library, "libdivsufsort could not sort \(base.count) bytes: out of memory")
        }
        var scan = Scan(
            new: new.bindMemory(to: UInt8.self), base: text, suffixes: UnsafeBufferPointer(array),
            budget: SuffixMatcher.effort * (new.count + base.count))
        return scan.run()
    }
}

/// One pass over the new bytes.
private struct Scan {
    let new: UnsafeBufferPointer<UInt8>
    let base: UnsafeBufferPointer<UInt8>
    let suffixes: UnsafeBufferPointer<Int32>
    var budget: Int

    // The alignment in use: new[lastNew...] is compared with base[lastBase...].
    private var lastNew = 0
    private var lastBase = 0
    private var found: [SuffixMatcher.Match] = []

    init(
        new: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>, suffixes: UnsafeBufferPointer<Int32>,
        budget: Int
    ) {
        self.new = new
        self.base = base
        self.suffixes = suffixes
        self.budget = budget
    }

    mutating func run() -> [SuffixMatcher.Match] {
        var position = 0
        var match = (base: 0, length: 0)
        while position < new.count, budget > 0 {
            let agreed = seek(&position, &match)
            // The same bytes at the current alignment explain the match: a new alignment gains nothing.
            if match.length == agreed, position < new.count, budget > 0 { continue }
            realign(at: position, to: match.base)
        }
        if budget <= 0, lastNew < new.count { realign(at: new.count, to: base.count) }
        return found
    }

    /// Advances to the next position whose longest match is at least 8 bytes better than the current alignment, or
    /// equal to it; returns how many bytes of that match the current alignment gets right.
    private mutating func seek(_ position: inout Int, _ match: inout (base: Int, length: Int)) -> Int {
        position += match.length
        match.length = 0
        let offset = lastBase - lastNew
        var agreed = 0
        var counted = position
        while position < new.count, budget > 0 {
            match = longestMatch(at: position)
            while counted < position + match.length {
                if agrees(counted, offset) { agreed += 1 }
                counted += 1
            }
            if match.length == agreed, match.length > 0 { break }
            if match.length > agreed + 8 { break }
            if counted > position, agrees(position, offset) { agreed -= 1 }
            position += 1
            counted = max(counted, position)
        }
        return agreed
    }

    /// Ends the current alignment before `position` and starts one that aligns `position` with `target` in the base.
    private mutating func realign(at position: Int, to target: Int) {
        var forward = forwardExtent(before: position)
        var backward = position < new.count ? backwardExtent(from: position, target) : 0
        let overlap = lastNew + forward - (position - backward)
        if overlap > 0 {
            let kept = bestCut(overlap, forwardEnd: forward, backwardNew: position - backward, target - backward)
            forward += kept - overlap
            backward -= kept
        }
        if forward > 0 { found.append(SuffixMatcher.Match(new: lastNew, base: lastBase, length: forward)) }
        lastNew = position - backward
        lastBase = target - backward
    }

    /// How far the current alignment extends with at least half of the bytes equal.
    private func forwardExtent(before position: Int) -> Int {
        var (agreed, best, extent) = (0, 0, 0)
        var length = 0
        while lastNew + length < position, lastBase + length < base.count {
            if new[lastNew + length] == base[lastBase + length] { agreed += 1 }
            length += 1
            if agreed * 2 - length > best * 2 - extent { (best, extent) = (agreed, length) }
        }
        return extent
    }

    /// How far back the next alignment extends with at least half of the bytes equal.
    private func backwardExtent(from position: Int, _ target: Int) -> Int {
        var (agreed, best, extent) = (0, 0, 0)
        var length = 1
        while position - length >= lastNew, length <= target {
            if new[position - length] == base[target - length] { agreed += 1 }
            if agreed * 2 - length > best * 2 - extent { (best, extent) = (agreed, length) }
            length += 1
        }
        return extent
    }

    /// Where to split bytes that both alignments claim: the number of them that the current one keeps.
    private func bestCut(_ overlap: Int, forwardEnd: Int, backwardNew: Int, _ backwardBase: Int) -> Int {
        var (lead, best, cut) = (0, 0, 0)
        for index in 0..<overlap {
            let present = forwardEnd - overlap + index
            if new[lastNew + present] == base[lastBase + present] { lead += 1 }
            if new[backwardNew + index] == base[backwardBase + index] { lead -= 1 }
            if lead > best { (best, cut) = (lead, index + 1) }
        }
        return cut
    }

    private func agrees(_ position: Int, _ offset: Int) -> Bool {
        let index = position + offset
        return index >= 0 && index < base.count && base[index] == new[position]
    }

    /// The longest prefix of the new bytes at a position that occurs in the base, found by binary search.
    private mutating func longestMatch(at position: Int) -> (base: Int, length: Int) {
        var (low, high) = (0, suffixes.count - 1)
        // All suffixes between the bounds share the prefix that both bounds share with the new bytes.
        var lowCommon = common(Int(suffixes[low]), position, from: 0)
        var highCommon = common(Int(suffixes[high]), position, from: 0)
        while high - low > 1 {
            let middle = (low + high) / 2
            let start = Int(suffixes[middle])
            let length = common(start, position, from: min(lowCommon, highCommon))
            if position + length == new.count
                || start + length < base.count && base[start + length] > new[position + length]
            {
                (high, highCommon) = (middle, length)
            } else {
                (low, lowCommon) = (middle, length)
            }
        }
        return lowCommon > highCommon ? (Int(suffixes[low]), lowCommon) : (Int(suffixes[high]), highCommon)
    }

    private mutating func common(_ start: Int, _ position: Int, from known: Int) -> Int {
        let limit = min(base.count - start, new.count - position)
        var length = known
        while length < limit, base[start + length] == new[position + length] { length += 1 }
        budget -= length - known + 1
        return length
    }
}
