/// Finds what a mistyped word was meant to be.
package enum EditDistance {
    /// The candidate nearest to `word`, or `nil` when none is within a third of the word's length. Counts letters that are wrong, missing, too many or
    /// swapped with their neighbour. A word of more than 64 bytes was not meant to be any: looking would take as long as it is.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let limit = max(1, word.utf8.count / 3)
        let best = candidates.map { (candidate: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }.min { $0.distance < $1.distance }
        guard let best, best.distance <= limit else { return nil }
        return best.candidate
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var secondLast: [Int] = []
        var last = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var best = min(last[j] + (byte == other ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, byte == right[j - 1], other == left[i - 1] { best = min(best, secondLast[j - 1] + 1) }
                row.append(best)
            }
            (secondLast, last) = (last, row)
        }
        return last[right.count]
    }
}
