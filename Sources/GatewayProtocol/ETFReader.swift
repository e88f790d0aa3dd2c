/// A pull reader over one external term (Erlang, External Term Format), for the subset Discord speaks.
package struct ETFReader {
    package static let defaultMaximumDepth = 128
}
