import Figures
import Runs

extension MetalearnDecay {
  package static func findings(_ results: Results<MetalearnDecay>) -> Findings {
    Findings()
  }
}
