import MNIST1D
import Testing

@Suite("The list of a dataset's settings")
struct DatasetParameterTests {
  private func changed(_ parameter: DatasetParameter) -> DatasetConfiguration {
    var configuration = DatasetConfiguration()
    switch parameter.value {
    case .integer(let access): access.set(&configuration, access.get(configuration) + 1)
    case .number(let access): access.set(&configuration, access.get(configuration) / 2)
    case .flag(let access): access.set(&configuration, !access.get(configuration))
    case .range(let access): access.set(&configuration, 1...access.get(configuration).upperBound)
    }
    return configuration
  }

  @Test("names every stored setting once, and each reaches its own")
  func reach() {
    let parameters = DatasetConfiguration.parameters
    let stored = Mirror(reflecting: DatasetConfiguration()).children.compactMap(\.label)
    #expect(parameters.map(\.name) == stored)
    #expect(Set(parameters.map(changed)).count == parameters.count)
    for (parameter, label) in zip(parameters, stored) {
      let values = Mirror(reflecting: changed(parameter)).children.filter { child in
        let before = Mirror(reflecting: DatasetConfiguration()).children
          .first { $0.label == child.label }
        return "\(child.value)" != "\(before!.value)"
      }
      #expect(values.map(\.label) == [label])
    }
  }
}
