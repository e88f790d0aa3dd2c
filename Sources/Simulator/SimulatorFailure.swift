/// Why the simulator could not do what its owner asked. The text is one line for a person.
package struct SimulatorFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
