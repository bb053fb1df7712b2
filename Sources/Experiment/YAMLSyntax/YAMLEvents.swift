import CYAML

/// Wraps libyaml's event parser and manages its memory.
struct YAMLEvents: ~Copyable {
  /// Zero-based line and column.
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
    var problem: Problem?
  }

  /// A syntax error.
  struct Problem {
    var message: String
    var mark: Mark
    /// What was being parsed, such as `while parsing a flow mapping`, and where it starts.
    var context: String?
    var contextMark: Mark?
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
      let problem = Problem(message: "out of memory", mark: nowhere)
      return Event(kind: .failure, start: nowhere, end: nowhere, problem: problem)
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
    let state = parser.pointee
    var problem = Problem(
      message: state.problem.map { String(cString: $0) } ?? "it cannot be read",
      mark: mark(state.problem_mark))
    if state.error == YAML_READER_ERROR {
      // libyaml's reader works on bytes and reads ahead of the parser.
      problem.mark = mark(atByte: state.problem_offset)
      if problem.message == "control characters are not allowed" {
        let code = String(UInt32(bitPattern: state.problem_value), radix: 16, uppercase: true)
        let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
        problem.message = "the control character U+\(digits) is not allowed"
      }
    } else if let context = state.context {
      problem.context = String(cString: context)
      problem.contextMark = mark(state.context_mark)
    }
    return Event(kind: .failure, start: problem.mark, end: problem.mark, problem: problem)
  }

  private func mark(atByte offset: Int) -> Mark {
    let before = String(decoding: input.prefix(max(0, offset)), as: UTF8.self)
    let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return Mark(
      line: max(0, lines.count - 1), column: lines.last?.unicodeScalars.count ?? 0)
  }

  private func mark(_ mark: yaml_mark_t) -> Mark { Mark(line: mark.line, column: mark.column) }

  private func string(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
    bytes.map { String(cString: $0) }
  }
}
