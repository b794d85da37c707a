// Operators of a user's own.

extension Tensor {
  /// An operator of your own on one tensor, given its value and its derivative.
  ///
  ///     /// sin x, element by element.
  ///     func sine(_ x: Tensor) -> Tensor {
  ///       Tensor.custom(x) { x in
  ///         Tensor(x.elements.map { sinf($0) }, shape: x.shape)
  ///       } derivative: { upstream, x, _ in
  ///         upstream * cosine(x)
  ///       }
  ///     }
  ///
  /// The derivative is made of tensor operators, among which may be operators of your own, and is differentiated like any
  /// other computation: derivatives of every order exist if it has them.
  ///
  /// - Parameters:
  ///   - x: what the operator is applied to.
  ///   - value: computes the operator's value from x as a constant; nothing in it is recorded. It must not use another
  ///     tensor that is being recorded.
  ///   - derivative: maps the derivative of the final result with respect to the output, of the output's shape, and the input
  ///     and the output to the derivative of the final result with respect to the input, of the input's shape.
  /// - Returns: what `value` returns, recorded wherever x is.
  public static func custom(
    _ x: Tensor, value: (_ x: Tensor) -> Tensor,
    derivative: @escaping (_ upstream: Tensor, _ x: Tensor, _ output: Tensor) -> Tensor
  ) -> Tensor {
    custom([x]) {
      value($0[0])
    } derivatives: { upstream, inputs, output, _ in
      [derivative(upstream, inputs[0], output)]
    }
  }

  /// An operator of your own on several tensors, given its value and its derivatives.
  ///
  ///     /// The elements of a + b · c.
  ///     func multiplyAdd(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
  ///       Tensor.custom([a, b, c]) { inputs in
  ///         inputs[0] + inputs[1] * inputs[2]
  ///       } derivatives: { upstream, inputs, _, isWanted in
  ///         [
  ///           upstream,
  ///           isWanted(1) ? upstream * inputs[2] : nil,
  ///           isWanted(2) ? upstream * inputs[1] : nil,
  ///         ]
  ///       }
  ///     }
  ///
  /// - Parameters:
  ///   - inputs: what the operator is applied to.
  ///   - value: computes the operator's value from the inputs as constants; see ``custom(_:value:derivative:)``.
  ///   - derivatives: as ``custom(_:value:derivative:)`` has it, one for each input. It may be nil where it is 0, or where
  ///     `isWanted`, asked for the input's number, says that nothing depends on it.
  /// - Returns: what `value` returns, recorded wherever one of the inputs is.
  public static func custom(
    _ inputs: [Tensor], value: (_ inputs: [Tensor]) -> Tensor,
    derivatives:
      @escaping (
        _ upstream: Tensor, _ inputs: [Tensor], _ output: Tensor, _ isWanted: (Int) -> Bool
      ) -> [Tensor?]
  ) -> Tensor {
    operation(inputs, value: constant(value(inputs.detached()))) { inputs, output in
      { upstream, gradients in
        let results = derivatives(upstream, inputs, output, gradients.wants)
        precondition(
          results.count == inputs.count,
          "a custom operator's rule gave \(results.count) derivatives for \(inputs.count) inputs")
        for (input, result) in results.enumerated() {
          guard let result else { continue }
          precondition(
            result.shape == inputs[input].shape,
            "a custom operator's rule gave input \(input) of shape \(inputs[input].shape) a derivative of "
              + "shape \(result.shape)")
          gradients.add(result, to: input)
        }
      }
    }
  }

  private static func constant(_ value: Tensor) -> Tensor {
    precondition(
      !value.isRecorded,
      "the value of a custom operator, of shape \(value.shape), uses a recorded tensor besides its inputs"
    )
    return value
  }
}
