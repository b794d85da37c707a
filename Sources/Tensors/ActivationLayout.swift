import CKernels

/// Where the batch lies among the axes of a network's activations.
///
/// Convolutions and recurrences are fastest with the batch innermost, where sixteen examples at a time fill the
/// lanes of a vector; PyTorch puts it outermost. Both orders hold the same numbers and give the same bits.
public enum ActivationLayout: Sendable {
  /// [batch, channels, length] or [batch, time, features], as in PyTorch with `batch_first=True`.
  case batchFirst
  /// [channels, length, batch] or [time, features, batch].
  case batchLast

  /// The layout's number among the kernels.
  var code: Int32 {
    switch self {
    case .batchFirst: Int32(bitPattern: CK_BATCH_FIRST.rawValue)
    case .batchLast: Int32(bitPattern: CK_BATCH_LAST.rawValue)
    }
  }
}
