import MNIST1D
import Runs

/// What the notebooks printed, and the studies of the paper in its order; one that is not here has no name on the
/// command line.
package let paperStudies: [any Study.Type] = [
  Published.self, Baselines.self, Lottery.self, DoubleDescent.self, MetalearnLR.self,
  MetalearnActivation.self, Pooling.self, SelfSupervised.self,
]

/// The settings of a study on one dataset, which its trials share.
package protocol DatasetSettings {
  /// The settings of the dataset.
  var dataset: DatasetConfiguration { get }
}

extension Baselines.Configuration: DatasetSettings {}
extension Lottery.Configuration: DatasetSettings {}
extension DoubleDescent.Configuration: DatasetSettings {}
extension MetalearnLR.Configuration: DatasetSettings {}
extension MetalearnActivation.Configuration: DatasetSettings {}
extension Pooling.Configuration: DatasetSettings {}
extension SelfSupervised.Configuration: DatasetSettings {}
