import CYAML

/// libyaml's event parser with its memory managed.
struct YAMLEvents: ~Copyable {
  /// Line and column from 0.
  struct Mark {
    var line: Int
    var column: Int
  }

  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd, alias, scalar
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd, failure
  }

  struct Event {
    var kind: Kind
    var start: Mark
    var end: Mark
    var anchor: String?
    var tag: String?
    var text = ""
    var style = YAMLScalar.Style.plain
    var isFlow = false
    var problem: String?
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let isReady: Bool

  init(_ text: String) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    input = .allocate(capacity: text.utf8.count)
    _ = input.initialize(from: text.utf8)
    isReady = yaml_parser_initialize(parser) == 1
    if isReady {
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }
  }

  deinit {
    if isReady { yaml_parser_delete(parser) }
    parser.deallocate()
    input.deallocate()
  }

  mutating func next() -> Event {
    let nowhere = Mark(line: 0, column: 0)
    guard isReady else {
      return Event(kind: .failure, start: nowhere, end: nowhere, problem: "out of memory")
    }
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else { return failure() }
    defer { yaml_event_delete(&raw) }
    var event = Event(kind: .failure, start: mark(raw.start_mark), end: mark(raw.end_mark))
    switch raw.type {
    case YAML_STREAM_START_EVENT: event.kind = .streamStart
    case YAML_STREAM_END_EVENT: event.kind = .streamEnd
    case YAML_DOCUMENT_START_EVENT: event.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: event.kind = .documentEnd
    case YAML_SEQUENCE_END_EVENT: event.kind = .sequenceEnd
    case YAML_MAPPING_END_EVENT: event.kind = .mappingEnd
    case YAML_ALIAS_EVENT:
      event.kind = .alias
      event.anchor = string(raw.data.alias.anchor)
    case YAML_SEQUENCE_START_EVENT:
      event.kind = .sequenceStart
      event.anchor = string(raw.data.sequence_start.anchor)
      event.tag = string(raw.data.sequence_start.tag)
      event.isFlow = raw.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
    case YAML_MAPPING_START_EVENT:
      event.kind = .mappingStart
      event.anchor = string(raw.data.mapping_start.anchor)
      event.tag = string(raw.data.mapping_start.tag)
      event.isFlow = raw.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
    case YAML_SCALAR_EVENT:
      event.kind = .scalar
      event.anchor = string(raw.data.scalar.anchor)
      event.tag = string(raw.data.scalar.tag)
      event.text = String(
        decoding: UnsafeBufferPointer(start: raw.data.scalar.value, count: raw.data.scalar.length),
        as: UTF8.self)
      event.style =
        switch raw.data.scalar.style {
        case YAML_PLAIN_SCALAR_STYLE: .plain
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .quoted
        }
    default:
      // libyaml returns an empty event once the stream has ended.
      event.kind = .streamEnd
    }
    return event
  }

  private func failure() -> Event {
    let place = mark(parser.pointee.problem_mark)
    var problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
    if let context = parser.pointee.context { problem += ", " + String(cString: context) }
    return Event(kind: .failure, start: place, end: place, problem: problem)
  }

  private func mark(_ mark: yaml_mark_t) -> Mark { Mark(line: mark.line, column: mark.column) }

  private func string(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
    bytes.map { String(cString: $0) }
  }
}
