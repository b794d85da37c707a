import MNIST1D

/// What the page works with, by number: datasets and trials.
enum Laboratory {
  nonisolated(unsafe) private static var datasets: [Dataset?] = []
  nonisolated(unsafe) private static var trials: [Trial?] = []

  static func add(_ dataset: Dataset) -> Int32 {
    add(dataset, to: &datasets)
  }

  static func add(_ trial: Trial) -> Int32 {
    add(trial, to: &trials)
  }

  private static func add<Item>(_ item: Item, to items: inout [Item?]) -> Int32 {
    let free = items.firstIndex { $0 == nil } ?? items.count
    if free == items.count {
      items.append(item)
    } else {
      items[free] = item
    }
    return Int32(free)
  }

  static func dataset(_ number: Int32) throws(LabError) -> Dataset {
    guard datasets.indices.contains(Int(number)), let dataset = datasets[Int(number)] else {
      throw LabError("There is no dataset \(number).")
    }
    return dataset
  }

  static func trial(_ number: Int32) throws(LabError) -> Trial {
    guard trials.indices.contains(Int(number)), let trial = trials[Int(number)] else {
      throw LabError("There is no trial \(number).")
    }
    return trial
  }

  static func removeDataset(_ number: Int32) throws(LabError) {
    _ = try dataset(number)
    datasets[Int(number)] = nil
  }

  static func removeTrial(_ number: Int32) throws(LabError) {
    _ = try trial(number)
    trials[Int(number)] = nil
  }
}
