import MNIST1D
import Runs

/// What the notebooks printed, and the studies of the paper in its order; one that is not here has no name on the
/// command line.
package let paperStudies: [any Study.Type] = [
  Published.self, Baselines.self, Lottery.self, DoubleDescent.self, MetalearnLR.self,
  MetalearnActivation.self, Pooling.self, SelfSupervised.self, Maps.self,
]

/// A study whose question, defaults and claims are the paper's.
protocol PaperStudy: Study {}

extension PaperStudy {
  package static var source: String? { "the paper" }
}

extension Published: PaperStudy {}
extension Baselines: PaperStudy {}
extension Lottery: PaperStudy {}
extension DoubleDescent: PaperStudy {}
extension MetalearnLR: PaperStudy {}
extension MetalearnActivation: PaperStudy {}
extension Pooling: PaperStudy {}
extension SelfSupervised: PaperStudy {}
extension Maps: PaperStudy {}

/// Studies beyond the paper, which its reproduction leaves out.
package let furtherStudies: [any Study.Type] = [
  Transfer.self, MetalearnDecay.self, Difficulty.self, Priors.self, Sweep.self,
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
extension Maps.Configuration: DatasetSettings {}
