/// Collects the values of the expressions in an example, so that one may stand there by itself, as in documentation.
@resultBuilder
enum Values {
  static func buildExpression<Value>(_ value: Value) -> [String] { ["\(value)"] }
  static func buildBlock(_ parts: [String]...) -> [String] { parts.flatMap(\.self) }
}
