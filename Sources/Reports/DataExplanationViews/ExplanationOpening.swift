/// What the templates of these pages have in common.
enum ExplanationOpening {
  /// The end of the header, with warnings, and the beginning of the sections.
  static let warnings = """
    {{#warnings}}
    <div class="alert warn"><span>{{.}}</span></div>
    {{/warnings}}
    </header>
    <main>

    """
}
