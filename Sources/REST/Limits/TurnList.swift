/// The lines of one lane that may have something to send: origins take turns, and an origin's turn goes to its lines in turn.
///
/// A bucket that several origins use has a line of each here, so it stands as far forward as the shortest of their rows has it.
/// Owned by a `RateLimiter` alone.
final class TurnList {
    typealias Turn = (line: RequestLine, bucket: Bucket)

    /// One origin's lines; never empty.
    private struct Row {
        let origin: Origin
        private var turns: [Turn] = []
        private var gone = 0
        /// Whether the origin had a turn in advance, for which it lets its next one pass.
        var owesTurn = false

        init(_ origin: Origin) { self.origin = origin }

        var first: Turn { turns[gone] }
        var isEmpty: Bool { gone == turns.count }

        mutating func append(_ turn: Turn) { turns.append(turn) }

        mutating func remove(_ line: RequestLine) {
            guard first.line !== line else {
                gone += 1
                // Moves what is left only when as many are gone, so that a long row costs no more than a short one.
                if gone > turns.count / 2 {
                    turns.removeFirst(gone)
                    gone = 0
                }
                return
            }
            if let index = turns[gone...].firstIndex(where: { $0.line === line }) { turns.remove(at: index) }
        }
    }

    /// The origin whose turn it is first.
    private var rows: [Row] = []

    var isEmpty: Bool { rows.isEmpty }
    var origins: [Origin] { rows.map(\.origin) }

    /// Puts a line that does not stand here at the end of its origin's row.
    func append(_ line: RequestLine, of bucket: Bucket) {
        line.isInTurn = true
        let index = row(of: line.origin) ?? rows.endIndex
        if index == rows.endIndex { rows.append(Row(line.origin)) }
        rows[index].append((line, bucket))
    }

    /// Whose turn it is among the origins that `may` send; the others keep their place.
    func first(where may: (Origin) -> Bool) -> Turn? {
        while let index = rows.firstIndex(where: { may($0.origin) }) {
            guard rows[index].owesTurn else { return rows[index].first }
            rows[index].owesTurn = false
            rows.append(rows.remove(at: index))
        }
        return nil
    }

    /// Takes out a line that has nothing to send now; its origin keeps its turn.
    func remove(_ line: RequestLine) {
        guard line.isInTurn, let index = row(of: line.origin) else { return }
        line.isInTurn = false
        rows[index].remove(line)
        if rows[index].isEmpty { rows.remove(at: index) }
    }

    /// Takes out the line whose turn it was; its origin's next turn comes after everybody else's.
    func endTurn(of line: RequestLine) {
        remove(line)
        if let index = row(of: line.origin) { rows.append(rows.remove(at: index)) }
    }

    /// Whether an origin can have a turn in advance: no more than one.
    func canAdvance(_ origin: Origin) -> Bool { row(of: origin).map { !rows[$0].owesTurn } ?? false }

    /// Takes out a line that had its origin's next turn in advance. One that leaves nothing behind owes nothing: it comes back as the last.
    func advance(_ line: RequestLine) {
        remove(line)
        if let index = row(of: line.origin) { rows[index].owesTurn = true }
    }

    private func row(of origin: Origin) -> Int? { rows.firstIndex { $0.origin === origin } }
}
