/// A place in a script: the chunk's name as the host gave it and a line counted from 1.
package struct LuaPosition: Sendable, Hashable, CustomStringConvertible {
    package var chunk: String
    package var line: Int

    package init(chunk: String, line: Int) {
        self.chunk = chunk
        self.line = line
    }

    /// `chunk:line`, as Lua prints it.
    package var description: String { "\(chunk):\(line)" }
}
