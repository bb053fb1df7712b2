/// The classes of a file and their parameters: modules of the same form are of one class, and what differs between
/// them are its arguments.
final class ClassTable {
  struct Parameter {
    let name: String
    /// Whether calls give it by its place.
    let isPositional: Bool
  }

  /// What becomes of one of the values in which modules of a class could differ.
  enum Role: Equatable {
    case omitted
    case literal(String)
    case parameter(Int)
  }

  final class Entry {
    let name: String
    /// One of the modules, which stands for all in the text.
    let example: ModuleUnit
    fileprivate(set) var parameters: [Parameter] = []
    fileprivate(set) var roles: [Role] = []
    /// The values of the parameters for each module.
    fileprivate var values: [ObjectIdentifier: [String]] = [:]
    fileprivate var modules: [ModuleUnit] = []

    fileprivate init(name: String, example: ModuleUnit) {
      self.name = name
      self.example = example
    }
  }

  /// The classes, each after those that it uses.
  private(set) var classes: [Entry] = []
  private var entries: [Int: Entry] = [:]
  private var modules: [Int: [ModuleUnit]] = [:]
  private var names: Set<String>

  /// - Parameter reserved: names that other classes of the file have.
  init(_ model: ModuleUnit, reserved: [String]) {
    names = Set(reserved)
    var uses: [Int: Set<[Int]>] = [:]
    collect(model, from: [-1], &uses)
    isClass = [model.form]
    for (form, units) in modules {
      switch units[0].content {
      case .custom: isClass.insert(form)
      case .sequence(let items):
        if items.count > 1, uses[form, default: []].count > 1 { isClass.insert(form) }
      case .layer: break
      }
    }
    define(model)
  }

  private var isClass: Set<Int> = []

  private func collect(
    _ unit: ModuleUnit, from place: [Int], _ uses: inout [Int: Set<[Int]>]
  ) {
    if case .layer = unit.content { return }
    uses[unit.form, default: []].insert(place)
    modules[unit.form, default: []].append(unit)
    for (index, child) in unit.children.enumerated() {
      collect(child, from: [unit.form, index], &uses)
    }
  }

  /// The class of a module; `nil` if it is written where it is used.
  func entry(of unit: ModuleUnit) -> Entry? { entries[unit.form] }

  // MARK: Parameters

  /// Defines the classes in a module, and then its own.
  private func define(_ unit: ModuleUnit) {
    for child in unit.children { define(child) }
    guard isClass.contains(unit.form), entries[unit.form] == nil else { return }
    let units = modules[unit.form] ?? [unit]
    // Modules of the same form hold modules of the same forms, so all of these are defined.
    var name = unit.className
    var number = 2
    while !names.insert(name).inserted {
      name = "\(unit.className)\(number)"
      number += 1
    }
    let entry = Entry(name: name, example: unit)
    assign(entry, units)
    entries[unit.form] = entry
    classes.append(entry)
  }

  private func assign(_ entry: Entry, _ units: [ModuleUnit]) {
    let rows = units.map { arguments(in: $0) }
    var columns: [[String]: Int] = [:]
    var groups: [[PythonArgument]] = []
    for place in rows[0].indices {
      let column = rows.map { $0[place] }
      let values = column.map(\.value)
      if column.allSatisfy({ $0.value == $0.standard }) {
        entry.roles.append(.omitted)
      } else if Set(values).count == 1 {
        entry.roles.append(.literal(values[0]))
      } else if let group = columns[values] {
        groups[group].append(column[0])
        entry.roles.append(.parameter(group))
      } else {
        columns[values] = groups.count
        entry.roles.append(.parameter(groups.count))
        groups.append([column[0]])
      }
    }
    var taken = Set(entry.example.attributeNames).union(Python.keywords).union(["self", "x"])
    entry.parameters = groups.map { group in
      let base = Self.name(of: group)
      var name = base
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(base)\(number)"
        number += 1
      }
      return Parameter(name: name, isPositional: group.contains(where: \.isPositional))
    }
    for (row, unit) in units.enumerated() {
      entry.values[ObjectIdentifier(unit)] = groups.indices.map { group in
        let place = entry.roles.firstIndex(of: .parameter(group)) ?? 0
        return rows[row][place].value
      }
    }
  }

  /// What the values that always agree are called together.
  private static func name(of group: [PythonArgument]) -> String {
    let names = group.map(\.name)
    for kind in ["channels", "features"]
    where names.contains("in_\(kind)") && names.contains("out_\(kind)") {
      return kind
    }
    let first = names.first { $0.hasPrefix("in_") || $0.hasPrefix("out_") } ?? names[0]
    return first.isEmpty ? "value" : first
  }

  /// The values in which modules of the same form can differ, in the order of the text.
  private func arguments(in unit: ModuleUnit) -> [PythonArgument] {
    switch unit.content {
    case .layer(let code): return code.varying
    case .sequence(let items): return items.flatMap(references)
    case .custom(let body):
      let attributes = body.attributes.flatMap { attribute -> [PythonArgument] in
        switch attribute.value {
        case .module(let unit): references(unit)
        case .parameter(let code): code.varying
        }
      }
      return attributes + body.statements.flatMap(\.code.varying)
    }
  }

  /// Those of a module where it is used: the arguments of its class, if it has one.
  private func references(_ unit: ModuleUnit) -> [PythonArgument] {
    guard let entry = entries[unit.form] else { return arguments(in: unit) }
    let values = entry.values[ObjectIdentifier(unit)] ?? []
    return zip(entry.parameters, values).map {
      PythonArgument(name: $0.name, value: $1, isPositional: $0.isPositional)
    }
  }
}

extension ModuleUnit {
  /// The modules directly in it.
  var children: [ModuleUnit] {
    switch content {
    case .layer: []
    case .sequence(let items): items
    case .custom(let body):
      body.attributes.compactMap { attribute in
        if case .module(let unit) = attribute.value { unit } else { nil }
      }
    }
  }

  fileprivate var attributeNames: [String] {
    if case .custom(let body) = content { body.attributes.map(\.name) } else { [] }
  }
}
