import Report

/// The page at `/`, on which one tries the model. Like the other pages it needs nothing from elsewhere.
enum ServicePage {
  static let bytes: [UInt8] = {
    let head = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>runner serve</title><link rel="icon" href="data:,">
      <style>
      \(PageStyle.css)

      """
    return Array(head.utf8) + PackageResources.page_css
      + Array("</style></head>\n<body>\n".utf8) + PackageResources.page_html
      + Array("</body></html>\n".utf8)
  }()
}
