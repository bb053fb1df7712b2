import DataAnalysis

extension DataPageContent {
  /// Classes of a part that are listed.
  private static let mostClasses = 60
  /// Groups of duplicates that are shown, and pictures of each.
  private static let (mostGroups, mostMembers) = (12, 4)

  static func section(_ part: PartFindings) -> Section {
    var section = Section(
      heading: "\(part.name): \(DataWords.counted(part.examples, "example"))")
    if let classes = part.classes ?? part.labels {
      let most = max(1, classes.map(\.count).max() ?? 1)
      section.tables.append(
        Table(
          heading: [
            Cell(text: part.classes == nil ? "Label" : "Class"), Cell(text: "Examples", style: "n"),
            Cell(text: "Share", style: "n"), Cell(text: ""),
          ],
          rows: classes.prefix(mostClasses).map { entry in
            Row(cells: [Cell(text: entry.name)] + cells(entry, most: most))
          }))
      if classes.count > mostClasses {
        section.remarks.append("And \(classes.count - mostClasses) more, which --json lists.")
      }
    }
    if let boxes = part.boxes { section.add(boxes) }
    for number in part.numbers ?? [] {
      let unit = number.unit.map { " \($0)" } ?? ""
      let deviation =
        number.standardDeviation.map { ", standard deviation \(DataWords.short($0))" } ?? ""
      section.notes.append(
        "\(number.name): \(DataWords.short(number.minimum)) to \(DataWords.short(number.maximum))"
          + "\(unit), mean \(DataWords.short(number.mean))\(deviation).")
    }
    if let pictures = part.pictures { section.notes += notes(pictures) }
    if !part.unreadable.isEmpty {
      section.notes.append("\(part.unreadable.total) cannot be read:")
      section.tables.append(table(part.unreadable))
      section.remarks += rest(part.unreadable)
    }
    return section
  }

  /// The count of a class, its share and a bar.
  ///
  /// - Parameter most: the count of the longest bar.
  static func cells(_ entry: ClassCount, most: Int) -> [Cell] {
    [
      Cell(text: "\(entry.count)", style: "n"),
      Cell(text: DataWords.percent(entry.share), style: "n"),
      Cell(text: "", bars: [Int((100 * Double(entry.count) / Double(max(1, most))).rounded())]),
    ]
  }

  private static func notes(_ pictures: PictureSummary) -> [String] {
    let sizes =
      pictures.distinctSizes == 1
      ? "All images are \(pictures.smallest)"
      : "The images have \(pictures.distinctSizes) sizes, from \(pictures.smallest) to "
        + "\(pictures.largest), median \(pictures.median)"
    let channels = pictures.channels
    return [
      "\(sizes) (height × width), with \(DataWords.counted(channels.count, "channel")).",
      "Mean \(channels.map { DataWords.short($0.mean) }.joined(separator: ", ")), standard deviation "
        + channels.map { DataWords.short($0.standardDeviation) }.joined(separator: ", ")
        + ", for values of 0 to 1.",
    ]
  }

  static func section(_ samples: TransformedSamples) throws -> Section {
    let list = samples.list
    var section = Section(
      heading: "After the transforms",
      notes: [
        "Original training examples, and as transformed in the first \(list.epochs.count) epochs, "
          + "with the training's random draws: seed \(list.seed)"
          + (list.fold == 0 ? "." : ", fold \(list.fold).")
      ])
    section.rows = try samples.samples.map { sample in
      PictureRow(
        heading: sample.place.title + (sample.place.label.map { " · \($0)" } ?? ""),
        pictures: [
          Picture(
            address: try ExampleImages.address(sample.original, side: samples.side),
            title: "original",
            lines: [])
        ]
          + (try zip(list.epochs, sample.epochs).map { epoch, image in
            Picture(
              address: try ExampleImages.address(image, side: samples.side),
              title: "epoch \(epoch)",
              lines: [])
          }), style: samples.haveBoxes ? "large" : "")
    }
    if samples.haveBoxes {
      section.remarks.append(
        "Boxes have the colours of their classes in the tables above. After the transforms, boxes of crowds "
          + "and those of which less than a pixel is left are missing, as in the training.")
    }
    if list.isNormalised {
      section.remarks.append(
        "The normalisation is undone here, since normalised values are not colours.")
    }
    return section
  }

  static func section(_ rows: TableExcerpt) -> Section {
    Section(
      heading: "First rows",
      notes: ["Training examples as stored in the file."],
      tables: [
        Table(
          heading: [Cell(text: "")] + rows.columns.map { Cell(text: $0) },
          rows: zip(rows.examples, rows.rows).map { place, values in
            Row(
              cells: [Cell(text: place.name ?? "\(place.index)", style: "soft")]
                + values.map {
                  Cell(text: $0)
                })
          })
      ])
  }

  static func section(
    _ duplicates: DuplicateFindings, _ images: ExampleImages
  ) throws -> Section {
    var section = Section(
      heading: "Duplicates among \(DataWords.counted(duplicates.compared, "example"))")
    section.notes.append(
      "\(DataWords.counted(duplicates.exactCopies, "example")) identical to an earlier one, in "
        + "\(DataWords.counted(duplicates.exact.total, "group")).")
    if duplicates.searchesNear {
      section.notes.append(
        "\(DataWords.counted(duplicates.nearPairs, "pair")) of images look alike, in "
          + "\(DataWords.counted(duplicates.near.total, "group")).")
    }
    let across = duplicates.across.filter { $0.exact + $0.near > 0 }
    if !across.isEmpty {
      section.tables.append(
        Table(
          heading: [
            Cell(text: "Examples of"), Cell(text: "are in"), Cell(text: "exactly", style: "n"),
            Cell(text: "nearly", style: "n"),
          ],
          rows: across.map {
            Row(cells: [
              Cell(text: $0.part), Cell(text: $0.other), Cell(text: "\($0.exact)", style: "n"),
              Cell(text: "\($0.near)", style: "n"),
            ])
          }))
    }
    for (name, list) in [("Equal", duplicates.exact), ("Alike", duplicates.near)] {
      let shown = list.shown.prefix(mostGroups)
      for group in shown { section.rows.append(try row(name, group, images)) }
      if list.total > shown.count {
        section.remarks.append(
          "\(name): \(DataWords.counted(list.total - shown.count, "more group")) not shown.")
      }
    }
    return section
  }

  private static func row(
    _ name: String, _ group: DuplicateGroup, _ images: ExampleImages
  ) throws -> PictureRow {
    var words = ["\(name): \(group.count)"]
    if group.crossesParts { words.append("across parts") }
    if group.isConflicting { words.append("different targets") }
    if group.hasCropped { words.append("cropped") }
    if group.hasMirrored { words.append("mirrored") }
    let members = group.members.prefix(mostMembers)
    if group.count > members.count { words.append("the first \(members.count) are shown") }
    var pictures: [Picture] = []
    for place in members {
      let lines = [place.label].compactMap(\.self)
      guard let address = try images.address(place) else {
        words.append(place.title + (place.label.map { " (\($0))" } ?? ""))
        continue
      }
      pictures.append(Picture(address: address, title: place.title, lines: lines))
    }
    return PictureRow(heading: words.joined(separator: ", "), pictures: pictures)
  }

  static func section(_ columns: ColumnFindings) -> Section {
    let leaking = columns.leaking.shown.map { column in
      let measure =
        switch column.measure {
        case .auc: "area under the ROC curve"
        case .correctShare: "fraction of correct guesses"
        case .correlation: "correlation"
        }
      return (
        column.name,
        "predicts \(column.target ?? "the target") almost perfectly: \(measure) "
          + DataWords.short(column.value)
      )
    }
    let entries =
      leaking + columns.constant.shown.map { ($0, "has only one value") }
      + columns.notFinite.shown.map { ($0, "has values that are not finite numbers") }
    return Section(
      heading: "Columns",
      notes: [
        "Of \(DataWords.counted(columns.count, "value")) that the model is given, "
          + "\(columns.constant.total) never change and \(columns.leaking.total) predict the "
          + "target almost perfectly."
      ],
      tables: entries.isEmpty
        ? []
        : [
          Table(
            heading: [Cell(text: "Column"), Cell(text: "Finding")],
            rows: entries.map { Row(cells: [Cell(text: $0.0), Cell(text: $0.1)]) })
        ],
      remarks: rest(columns.leaking) + rest(columns.constant) + rest(columns.notFinite))
  }

  static func section(_ groups: GroupFindings) -> Section {
    Section(
      heading: "Groups",
      notes: [
        "\(DataWords.counted(groups.count, "group")), of which \(groups.crossing.total) are in "
          + "more than one part."
      ],
      tables: groups.crossing.isEmpty
        ? []
        : [
          Table(
            heading: [Cell(text: "Group"), Cell(text: "Parts")],
            rows: groups.crossing.shown.map {
              Row(cells: [Cell(text: $0.group), Cell(text: $0.parts.joined(separator: ", "))])
            })
        ],
      remarks: rest(groups.crossing))
  }

  static func table(_ list: CappedList<FileProblem>) -> Table {
    Table(
      heading: [Cell(text: "File"), Cell(text: "Why")],
      rows: list.shown.map {
        Row(cells: [Cell(text: $0.path, style: "mono"), Cell(text: $0.reason)])
      })
  }

  /// How many entries of a list are not shown.
  static func rest<Element>(_ list: CappedList<Element>) -> [String] {
    list.total > list.shown.count ? ["And \(list.total - list.shown.count) more."] : []
  }
}
