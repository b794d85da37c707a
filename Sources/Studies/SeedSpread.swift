/// What the lines and bands of a figure are, as a clause of its caption: "mean and standard deviation over 3 seeds".
///
/// - Parameters:
///   - seeds: How many trials are behind each point.
///   - measure: What the bands show.
/// - Returns: A clause without a full stop.
func spreadOverSeeds(_ seeds: Int, of measure: String = "standard deviation") -> String {
  seeds == 1 ? "one seed" : "mean and \(measure) over \(seeds) seeds"
}
